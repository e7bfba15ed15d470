package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

func TestTheOwnerIsAskedForThePostmortemWhenItIsOver(t *testing.T) {
	s := fixture.MendedStory(t)
	card := s.Resolution()
	said := fixture.Words(fixture.Printer(t, "en"), card)
	require.Contains(t, said, "@"+fixture.Lisi+", the postmortem is yours, due 2026-03-03 09:11 UTC")
	require.Equal(t, []string{"draft"}, fixture.ActionNames(card.Sections[2].Actions))
	require.NotContains(t, s.Reported(), "the postmortem is yours", "that is for the thread only")
}

func TestTheRoleIsAskedForThePostmortemOfWhatNobodyOwned(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Deliver()
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Pass(time.Hour)
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), s.Resolution()), "The postmortem is the database administrator's")
	require.Empty(t, s.Sent[incident.PageKey("12/1")].Card.Actions, "whoever was paged for the alert has nothing to answer any more")
}

// The worst alert is over first: what people read of the incident later is not what was left of it.
func TestThePostmortemIsOfTheWorstSeverity(t *testing.T) {
	for name, fixed := range map[string]bool{"by the alerts": false, "by a person": true} {
		t.Run(name, func(t *testing.T) {
			s := fixture.NewHeldStory(t)
			s.Policy.Severities[incident.Critical] = escalation.SeverityPolicy{
				Stages: escalation.DefaultStages(5*time.Minute, 15*time.Minute, 30*time.Minute, 48*time.Hour),
			}
			s.Observe(fixture.Alert(1), fixture.Info(2))
			s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
			want, within := incident.Critical, 48*time.Hour
			if fixed {
				s.Must(escalation.Action{Kind: escalation.SetSeverity, Actor: fixture.Lisi, Severity: incident.Info})
				want, within = incident.Info, 24*time.Hour
			}
			s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
			require.Equal(t, incident.Info, s.Inc.Severity)
			s.Observe(fixture.Resolved(fixture.Info(2), s.Now))
			s.Pass(time.Hour)
			require.Equal(t, incident.Resolved, s.Inc.Status)
			require.Equal(t, want, s.Inc.Severity)
			require.Equal(t, s.Inc.ResolvedAt.Add(within), s.Inc.StageDueAt)
		})
	}
}

func TestAnOverduePostmortemRemindsItsOwner(t *testing.T) {
	s := fixture.MendedStory(t)
	s.Paged()
	due := s.Inc.StageDueAt
	require.Equal(t, s.Inc.ResolvedAt.Add(24*time.Hour), due)
	s.Pass(due.Sub(s.Now) - time.Second)
	require.Empty(t, s.Paged(), "not before it is due")
	s.Pass(time.Second)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Deliver()
	page := s.Pages[len(s.Pages)-1]
	card := s.Sent[incident.PageKey(page.ID)].Card
	require.Equal(t, []string{"draft", "postmortem"}, fixture.ActionNames(card.Actions))
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), card), "the postmortem of INC-12 is overdue")

	s.Must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: fixture.Lisi})
	require.Empty(t, s.Sent[incident.PageKey(page.ID)].Card.Actions, "it is written")
	s.Pass(30 * 24 * time.Hour)
	require.Empty(t, s.Paged())
}
