package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

func TestTheOwnerIsAskedForThePostmortemWhenItIsOver(t *testing.T) {
	s := mendedStory(t)
	card := s.resolution()
	said := words(printer(t, "en"), card)
	require.Contains(t, said, "@"+lisi+", the postmortem is yours, due 2026-03-03 09:11 UTC")
	require.Equal(t, []string{"draft"}, names(card.Sections[2].Actions))
	require.NotContains(t, s.reported(), "the postmortem is yours", "that is for the thread only")
}

func TestTheRoleIsAskedForThePostmortemOfWhatNobodyOwned(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.deliver()
	s.now = s.now.Add(time.Minute)
	s.observe(resolved(alert(1), s.now))
	s.pass(time.Hour)
	require.Contains(t, words(printer(t, "en"), s.resolution()), "The postmortem is the database administrator's")
	require.Empty(t, s.sent[escalation.PageKey("12/1")].Card.Actions, "whoever was paged for the alert has nothing to answer any more")
}

// The worst alert is over first: what people read of the incident later is not what was left of it.
func TestThePostmortemIsOfTheWorstSeverity(t *testing.T) {
	for name, fixed := range map[string]bool{"by the alerts": false, "by a person": true} {
		t.Run(name, func(t *testing.T) {
			s := newHeldStory(t)
			s.policy.Severities[escalation.Critical] = escalation.SeverityPolicy{
				Stages: escalation.DefaultStages(5*time.Minute, 15*time.Minute, 30*time.Minute, 48*time.Hour),
			}
			s.observe(alert(1), info(2))
			s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
			want, within := escalation.Critical, 48*time.Hour
			if fixed {
				s.must(escalation.Action{Kind: escalation.SetSeverity, Actor: lisi, Severity: escalation.Info})
				want, within = escalation.Info, 24*time.Hour
			}
			s.observe(resolved(alert(1), s.now))
			require.Equal(t, escalation.Info, s.inc.Severity)
			s.observe(resolved(info(2), s.now))
			s.pass(time.Hour)
			require.Equal(t, escalation.Resolved, s.inc.Status)
			require.Equal(t, want, s.inc.Severity)
			require.Equal(t, s.inc.ResolvedAt.Add(within), s.inc.StageDueAt)
		})
	}
}

func TestAnOverduePostmortemRemindsItsOwner(t *testing.T) {
	s := mendedStory(t)
	s.paged()
	due := s.inc.StageDueAt
	require.Equal(t, s.inc.ResolvedAt.Add(24*time.Hour), due)
	s.pass(due.Sub(s.now) - time.Second)
	require.Empty(t, s.paged(), "not before it is due")
	s.pass(time.Second)
	require.Equal(t, []string{lisi}, s.paged())
	s.deliver()
	page := s.pages[len(s.pages)-1]
	card := s.sent[escalation.PageKey(page.ID)].Card
	require.Equal(t, []string{"draft", "postmortem"}, names(card.Actions))
	require.Contains(t, words(printer(t, "en"), card), "the postmortem of INC-12 is overdue")

	s.must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: lisi})
	require.Empty(t, s.sent[escalation.PageKey(page.ID)].Card.Actions, "it is written")
	s.pass(30 * 24 * time.Hour)
	require.Empty(t, s.paged())
}
