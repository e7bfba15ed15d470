package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

// newNightStory is at night, when warnings wait for the morning.
func newNightStory(t *testing.T) *fixture.Story {
	t.Helper()
	s := fixture.NewHeldStory(t)
	s.Policy.Severities[incident.Warning] = escalation.SeverityPolicy{InHours: true}
	return s
}

func count(s *fixture.Story, id string) (n int) {
	for _, e := range s.Entries {
		if e.Text.ID == id {
			n++
		}
	}
	return n
}

// A word that nobody knows may mean anything: it does not wait for the morning, and the thread says so.
func TestAnUnknownSeverityPagesAtNight(t *testing.T) {
	s := newNightStory(t)
	s.Observe(fixture.Alert(1, "severity", "showstopper"))
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	require.Equal(t, incident.Warning, s.Inc.Severity)
	require.Equal(t, s.Now.Add(5*time.Minute), s.Inc.StageDueAt, "its clock runs at night")
	require.Equal(t, 1, count(s, "escalation.entry.severity_unknown"))
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "and the ladder goes on")
	s.Observe(fixture.Alert(1, "severity", "showstopper"), fixture.Alert(2, "severity", "showstopper"))
	require.Equal(t, 1, count(s, "escalation.entry.severity_unknown"), "once is enough")
}

func TestAnUnknownSeverityJoinsAnIncidentThatWaits(t *testing.T) {
	s := newNightStory(t)
	s.Observe(fixture.Alert(1, "severity", "warning"))
	require.Empty(t, s.Paged())
	s.Pass(time.Minute)
	s.Observe(fixture.Alert(1, "severity", "warning"), fixture.Alert(2, "severity", "showstopper"))
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	require.Zero(t, s.Inc.HeldUntil)
}

// No label at all is a warning as ever, and what a person says settles it.
func TestWhatIsNoUnknownSeverity(t *testing.T) {
	s := newNightStory(t)
	s.Observe(fixture.Alert(1, "severity", ""))
	require.Empty(t, s.Paged())
	require.False(t, s.Inc.SeverityUnclear)

	s = newNightStory(t)
	s.Observe(fixture.Alert(1, "severity", "showstopper"))
	require.True(t, s.Inc.SeverityUnclear)
	s.Must(escalation.Action{Kind: escalation.SetSeverity, Actor: fixture.Lisi, Severity: incident.Warning})
	require.False(t, s.Inc.SeverityUnclear)
}

// The configuration's words come before those that are built in.
func TestConfiguredSeverities(t *testing.T) {
	s := newNightStory(t)
	s.Policy.Words = map[string]incident.Severity{"showstopper": incident.Critical, "p2": incident.Warning}
	s.Observe(fixture.Alert(1, "severity", "P-2"))
	require.Equal(t, incident.Warning, s.Inc.Severity)
	require.Empty(t, s.Paged())
	require.Equal(t, "P-2", s.Inc.Alerts[fixture.Alert(1).Fingerprint].Labels["severity"], "people see what was sent")
	s.Observe(fixture.Alert(1, "severity", "P-2"), fixture.Alert(2, "severity", "Show-Stopper"))
	require.Equal(t, incident.Critical, s.Inc.Severity)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	require.Zero(t, count(s, "escalation.entry.severity_unknown"))
}
