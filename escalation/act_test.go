package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

func lastEntry(s *fixture.Story) string { return s.Entries[len(s.Entries)-1].Text.ID }

func TestAnIncidentWhoseResolveNeverComesCanBeClosed(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1), fixture.Alert(2))
	resolve := escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi}
	s.Must(resolve)
	s.Must(resolve)
	require.Equal(t, incident.Quiet, s.Inc.Status, "a second press of the same button is no second word")
	s.ObserveOf(s.Now.Add(-time.Second), fixture.Alert(1))
	s.Pass(5 * time.Minute)
	require.Equal(t, incident.Acknowledged, s.Inc.Status)
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), s.Sent[incident.EntryKey(12, s.Inc.Entries-1)].Card), "mark it as resolved once more")

	s.Must(resolve)
	require.Equal(t, incident.Resolved, s.Inc.Status)
	require.Equal(t, s.Now, s.Inc.ResolvedAt)
	require.Equal(t, "escalation.entry.resolved_unheard", lastEntry(s))
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), fixture.Header(s)), "0 firing of 2")
	s.Paged()
	s.Pass(23 * time.Hour)
	require.Empty(t, s.Paged(), "it stays closed")
}

func TestAnIncidentThatIsHeardOfCannotBeClosedForGood(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	for range 3 {
		s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
		s.Now = s.Now.Add(time.Second)
		s.Observe(fixture.Alert(1))
		s.Pass(5 * time.Minute)
		require.Equal(t, incident.Acknowledged, s.Inc.Status)
		require.Equal(t, "escalation.entry.paged", lastEntry(s))
		require.Equal(t, "escalation.entry.still_firing", s.Entries[len(s.Entries)-2].Text.ID)
	}
}

func TestAReopenedIncidentIsDoubtedAnew(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	s.Must(escalation.Action{Kind: escalation.Reopen, Actor: fixture.Lisi})
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	require.Equal(t, incident.Quiet, s.Inc.Status)
}

func TestEscalatePressedTwice(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi})
	s.Paged()
	s.Now = s.Now.Add(9 * time.Second)
	c, err := escalation.Act(s.Policy, s.Directory, s.Inc, s.Pages, escalation.Action{Kind: escalation.Escalate, Actor: fixture.Wangwu}, s.Now)
	require.NoError(t, err)
	require.True(t, c.Empty())
	s.Now = s.Now.Add(time.Second)
	s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi})
	require.NotEmpty(t, s.Paged(), "but help can be asked for again")
}

func TestAssignRefuses(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Paged()
	refused := func(assignee, id string) {
		t.Helper()
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.Act(escalation.Action{Kind: escalation.Assign, Actor: fixture.Zhangsan, Assignee: assignee}), &refusal)
		require.Equal(t, id, refusal.Message.ID)
		require.Empty(t, s.Paged())
	}
	for _, nobody := range []string{"", "lisi", "C0INCIDENTS", "<@U0LISI>", "U0LISI\n", "U0lisi", "here"} {
		refused(nobody, "escalation.refused.assignee")
	}
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	s.Paged()
	refused(fixture.Wangwu, "escalation.refused.resolved")
}
