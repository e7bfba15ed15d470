package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

func followUp(text string, due time.Time) escalation.Action {
	return escalation.Action{Kind: escalation.AddFollowUp, Actor: fixture.Zhangsan, FollowUp: incident.FollowUp{Text: text, Owner: fixture.Lisi, DueAt: due}}
}

func TestAnOverdueFollowUpRemindsItsOwnerOnceADay(t *testing.T) {
	s := fixture.MendedStory(t)
	s.Inc.FollowUps = nil
	s.Must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: fixture.Lisi})
	due := s.Now.Add(48 * time.Hour)
	s.Must(followUp("alert on the growth of the WAL", due))
	s.Paged()
	require.Equal(t, due, s.Inc.DueAt)
	s.Pass(48*time.Hour - time.Second)
	require.Empty(t, s.Reminders())
	s.Pass(time.Second)
	require.Len(t, s.Reminders(), 1)
	said := fixture.Words(fixture.Printer(t, "en"), s.Reminders()[0])
	require.Contains(t, said, "@"+fixture.Lisi+", follow-up 1 was due 2026-03-04 10:11 UTC: alert on the growth of the WAL")
	require.Equal(t, "incident followup done 1 INC-12", s.Reminders()[0].Sections[1].Actions[0].Value)
	s.Pass(24*time.Hour - time.Second)
	require.Len(t, s.Reminders(), 1)
	s.Pass(25 * time.Hour)
	require.Len(t, s.Reminders(), 3)
	require.Empty(t, s.Paged(), "nobody is woken for it")

	s.Must(escalation.Action{Kind: escalation.FinishFollowUp, Actor: fixture.Lisi, FollowUp: incident.FollowUp{Number: 1}})
	require.Zero(t, s.Inc.DueAt)
	s.Pass(30 * 24 * time.Hour)
	require.Len(t, s.Reminders(), 3)
}

func TestAFollowUpThatIsDueEndsNoQuietPeriod(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Must(followUp("x", s.Now.Add(2*time.Minute)))
	s.Pass(time.Minute)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Pass(2 * time.Minute)
	require.Len(t, s.Reminders(), 1)
	require.Equal(t, incident.Quiet, s.Inc.Status)
	s.Pass(3 * time.Minute)
	require.Equal(t, incident.Resolved, s.Inc.Status)
}

func TestFollowUpsRefuse(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	nobody := followUp("x", time.Time{})
	nobody.FollowUp.Owner = "lisi"
	for id, a := range map[string]escalation.Action{
		"escalation.refused.followup_empty":   followUp("", time.Time{}),
		"escalation.refused.assignee":         nobody,
		"escalation.refused.followup_unknown": {Kind: escalation.FinishFollowUp, Actor: fixture.Lisi, FollowUp: incident.FollowUp{Number: 1}},
	} {
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.Act(a), &refusal, id)
		require.Equal(t, id, refusal.Message.ID)
	}
	for range 50 {
		s.Must(followUp("x", time.Time{}))
	}
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(followUp("x", time.Time{})), &refusal)
	require.Equal(t, "escalation.refused.followup_many", refusal.Message.ID)
}
