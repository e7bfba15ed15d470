package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

func followUp(text string, due time.Time) escalation.Action {
	return escalation.Action{Kind: escalation.AddFollowUp, Actor: zhangsan, FollowUp: escalation.FollowUp{Text: text, Owner: lisi, DueAt: due}}
}

func TestAnOverdueFollowUpRemindsItsOwnerOnceADay(t *testing.T) {
	s := mendedStory(t)
	s.inc.FollowUps = nil
	s.must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: lisi})
	due := s.now.Add(48 * time.Hour)
	s.must(followUp("alert on the growth of the WAL", due))
	s.paged()
	require.Equal(t, due, s.inc.DueAt)
	s.pass(48*time.Hour - time.Second)
	require.Empty(t, s.reminders())
	s.pass(time.Second)
	require.Len(t, s.reminders(), 1)
	said := words(printer(t, "en"), s.reminders()[0])
	require.Contains(t, said, "@"+lisi+", follow-up 1 was due 2026-03-04 10:11 UTC: alert on the growth of the WAL")
	require.Equal(t, "incident followup done 1 INC-12", s.reminders()[0].Sections[1].Actions[0].Value)
	s.pass(24*time.Hour - time.Second)
	require.Len(t, s.reminders(), 1)
	s.pass(25 * time.Hour)
	require.Len(t, s.reminders(), 3)
	require.Empty(t, s.paged(), "nobody is woken for it")

	s.must(escalation.Action{Kind: escalation.FinishFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Number: 1}})
	require.Zero(t, s.inc.DueAt)
	s.pass(30 * 24 * time.Hour)
	require.Len(t, s.reminders(), 3)
}

func TestAFollowUpThatIsDueEndsNoQuietPeriod(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.must(followUp("x", s.now.Add(2*time.Minute)))
	s.pass(time.Minute)
	s.observe(resolved(alert(1), s.now))
	s.pass(2 * time.Minute)
	require.Len(t, s.reminders(), 1)
	require.Equal(t, escalation.Quiet, s.inc.Status)
	s.pass(3 * time.Minute)
	require.Equal(t, escalation.Resolved, s.inc.Status)
}

func TestFollowUpsRefuse(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	nobody := followUp("x", time.Time{})
	nobody.FollowUp.Owner = "lisi"
	for id, a := range map[string]escalation.Action{
		"escalation.refused.followup_empty":   followUp("", time.Time{}),
		"escalation.refused.assignee":         nobody,
		"escalation.refused.followup_unknown": {Kind: escalation.FinishFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Number: 1}},
	} {
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.act(a), &refusal, id)
		require.Equal(t, id, refusal.Message.ID)
	}
	for range 50 {
		s.must(followUp("x", time.Time{}))
	}
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(followUp("x", time.Time{})), &refusal)
	require.Equal(t, "escalation.refused.followup_many", refusal.Message.ID)
}
