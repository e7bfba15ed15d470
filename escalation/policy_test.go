package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

func TestNobodyAnswers(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "a database alert pages the DBA at once")
	require.Equal(t, incident.Open, s.Inc.Status)
	require.Equal(t, fixture.Start.Add(5*time.Minute), s.Inc.StageDueAt)

	s.Pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged(), "nobody is paged before the deadline")
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "then the system administrator")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhaoliu}, s.Paged(), "then the development lead")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan, fixture.Lisi, fixture.Wangwu, fixture.Zhaoliu}, s.Paged(), "then everybody")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "and again from the start")
	s.Pass(35 * time.Minute)
	s.Paged()
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan, fixture.Lisi, fixture.Wangwu, fixture.Zhaoliu}, s.Paged(), "after three rounds only everybody")
	s.Pass(time.Hour - time.Nanosecond)
	require.Empty(t, s.Paged(), "and that rarely")
	s.Pass(time.Nanosecond)
	require.Len(t, s.Paged(), 4, "but an alert that fires is never forgotten")
}

func TestNeverDiagnosedIsAlsoNeverResolved(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Pass(29 * time.Minute)
	require.Equal(t, incident.Diagnose, s.Inc.Stage)
	s.Paged()
	s.Pass(time.Minute)
	require.Equal(t, incident.Resolve, s.Inc.Stage)
	require.Equal(t, fixture.Start.Add(30*time.Minute), s.Inc.StageDueAt)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the next deadline asks the owner first again")
}

func TestPageOverWhatDeliveryWrote(t *testing.T) {
	stored := func(state incident.PageState) incident.Page {
		return incident.Page{ID: "12/1", State: state, AttemptedAt: fixture.Start, ReceiptAt: fixture.Start}
	}
	for name, tt := range map[string]struct {
		decided      incident.PageState
		acked        bool
		stored, want incident.PageState
	}{
		"cancelled in time":                {incident.PageCancelled, true, incident.PageIntended, incident.PageCancelled},
		"acked while it went out":          {incident.PageCancelled, true, incident.PageDelivered, incident.PageAcked},
		"acked while it may have gone out": {incident.PageCancelled, true, incident.PageAttempted, incident.PageCancelled},
		"resolved when it had arrived":     {incident.PageCancelled, false, incident.PageDelivered, incident.PageDelivered},
		"cancelled what had failed":        {incident.PageCancelled, true, incident.PageFailed, incident.PageFailed},
		"acked what had failed by then":    {incident.PageAcked, true, incident.PageFailed, incident.PageFailed},
		"acked what was delivered":         {incident.PageAcked, true, incident.PageDelivered, incident.PageAcked},
		"decided on an older state of it":  {incident.PageIntended, false, incident.PageDelivered, incident.PageDelivered},
		"failed according to the provider": {incident.PageFailed, false, incident.PageAttempted, incident.PageFailed},
	} {
		t.Run(name, func(t *testing.T) {
			p := incident.Page{ID: "12/1", State: tt.decided}
			if tt.acked {
				p.AckedAt = fixture.Start.Add(time.Minute)
			}
			got := p.MergeStored(stored(tt.stored))
			require.Equal(t, tt.want, got.State)
			require.Equal(t, fixture.Start, got.ReceiptAt, "what delivery knows is kept")
		})
	}
}

func TestAckStopsThePages(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Deliver()
	s.Pass(5 * time.Minute) // the system administrator's page stays queued
	s.Paged()
	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})

	require.Equal(t, incident.Acknowledged, s.Inc.Status)
	require.Equal(t, fixture.Lisi, s.Inc.Owner)
	require.Equal(t, incident.Diagnose, s.Inc.Stage)
	require.Equal(t, incident.PageAcked, s.Pages[0].State)
	require.Equal(t, incident.PageCancelled, s.Pages[1].State)
	require.Equal(t, []string{incident.PageKey(s.Pages[1].ID)}, s.Cancelled)
	require.Empty(t, s.Sent[incident.PageKey("12/1")].Card.Actions, "the direct message no longer asks for an answer")

	s.Pass(9*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged(), "silence until the diagnosis is due, 15 minutes after the opening")
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the owner is reminded first")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "acked and forgotten is escalated")
}

func TestActivityCountsAsProgress(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Paged()
	s.Pass(14 * time.Minute)
	s.Must(escalation.Action{Kind: escalation.Record, Actor: fixture.Lisi, Entry: incident.EntryCommand, Text: messages.Literal("/health")})
	s.Pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
}

func TestNewAlertsPageAgainAndRepeatsDoNot(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1, "severity", "warning"))
	s.Paged()
	before := s.Inc
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Alert(1, "severity", "warning"))
	require.Equal(t, before, s.Inc, "an identical repeat changes nothing")

	s.Observe(fixture.Alert(1, "severity", "warning"), fixture.Alert(2, "severity", "warning"))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "a new alert pages whoever was paged last")
	s.Now = s.Now.Add(time.Second)
	s.Observe(fixture.Alert(3, "severity", "warning"))
	s.Observe(fixture.Alert(4, "severity", "warning"))
	require.Empty(t, s.Paged(), "alerts in quick succession share a page")
	s.Pass(30 * time.Second)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "which comes when the gap is over")
	s.Now = s.Now.Add(time.Second)
	s.Observe(fixture.Alert(5))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "a worse alert does not wait")
	require.Equal(t, incident.Critical, s.Inc.Severity)

	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Zhaoliu})
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Alert(6))
	require.Equal(t, []string{fixture.Zhaoliu}, s.Paged(), "once there is an owner, it is the owner who hears")
}

func TestQuietPeriod(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1), fixture.Alert(2))
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	require.Equal(t, incident.Open, s.Inc.Status, "one of two still fires")
	s.Observe(fixture.Resolved(fixture.Alert(2), s.Now))
	require.Equal(t, incident.Quiet, s.Inc.Status)
	require.Equal(t, incident.PageCancelled, s.Pages[0].State, "a page that was not sent is not needed")
	s.Paged()

	s.Now = s.Now.Add(4 * time.Minute)
	again := fixture.Alert(2)
	again.StartsAt = s.Now
	s.Observe(again)
	require.Equal(t, incident.Open, s.Inc.Status, "a re-fire reopens the same incident")
	require.EqualValues(t, 12, s.Inc.Number)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())

	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Resolved(again, s.Now))
	quiet := s.Now
	s.Pass(5 * time.Minute)
	require.Equal(t, incident.Resolved, s.Inc.Status)
	require.Equal(t, quiet, s.Inc.ResolvedAt, "it was over when the alerts resolved")
	require.Equal(t, incident.Postmortem, s.Inc.Stage)
	require.Empty(t, s.Paged())
	s.Pass(24 * time.Hour)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the postmortem is asked for")
	s.Must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: fixture.Lisi})
	require.True(t, s.Inc.DueAt.IsZero())
}

func TestRefireOfAnOwnedIncidentStaysOwned(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Now = s.Now.Add(2 * time.Minute)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Paged()
	again := fixture.Alert(1)
	again.StartsAt = s.Now.Add(time.Minute)
	s.Now = s.Now.Add(time.Minute)
	s.Observe(again)
	require.Equal(t, incident.Acknowledged, s.Inc.Status)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
}

func TestResolvedByHandWhileAlertsFire(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	require.Equal(t, incident.Quiet, s.Inc.Status)
	s.Paged()
	s.Observe(fixture.Alert(1))
	require.Equal(t, incident.Quiet, s.Inc.Status, "a repeat is no news")
	s.Pass(5 * time.Minute)
	require.Equal(t, incident.Acknowledged, s.Inc.Status, "it still fires")
	require.Equal(t, []string{fixture.Lisi}, s.Paged())

	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	require.Equal(t, incident.Resolved, s.Inc.Status, "nothing fires: a person's word is enough")
}

func TestEscalateByHand(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Paged()
	s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi})
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged())
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi})
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "not the owner, who asks, nor the routed role, who is the same person")
	for range 4 {
		s.Now = s.Now.Add(time.Minute)
		s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi})
	}
	require.Len(t, s.Paged(), 1+4+4+4, "the last step again and again")
}

func TestAssign(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Paged()
	s.Must(escalation.Action{Kind: escalation.Assign, Actor: fixture.Zhangsan, Assignee: "U0OUTSIDER"})
	require.Equal(t, "U0OUTSIDER", s.Inc.Owner)
	require.Equal(t, incident.Acknowledged, s.Inc.Status)
	require.Equal(t, []string{"U0OUTSIDER"}, s.Paged(), "who is made the owner is told, also outside the contact table")
}

func TestUnreachableRungsAreSkipped(t *testing.T) {
	table := fixture.Contacts()
	table[1].Slack, table[3].Slack = "", ""
	s := fixture.NewStory(t)
	var err error
	s.Directory, err = oncall.NewDirectory(table)
	require.NoError(t, err)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "the DBA cannot be paged: the next step is, at once")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan, fixture.Wangwu}, s.Paged(), "everybody who can be")
}

func TestNobodyReachable(t *testing.T) {
	s := fixture.NewStory(t)
	s.Directory = oncall.Directory{}
	s.Observe(fixture.Alert(1))
	s.Pass(time.Hour)
	require.Empty(t, s.Pages)
	s.Directory = fixture.Directory(t)
	s.Pass(5 * time.Minute)
	require.NotEmpty(t, s.Paged(), "as soon as there is somebody")
}

func TestFailedPageMovesOn(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, s.Pages[0].ID, incident.PageFailed, "user_not_found", s.Now))
	require.Equal(t, incident.PageFailed, s.Pages[0].State)
	s.Paged()
	s.Pass(0)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged())
}

func TestRefusals(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	refused := func(a escalation.Action, id string) {
		t.Helper()
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.Act(a), &refusal)
		require.Equal(t, id, refusal.Message.ID)
	}
	refused(escalation.Action{Kind: escalation.Reopen, Actor: fixture.Lisi}, "escalation.refused.open")
	refused(escalation.Action{Kind: escalation.ClosePostmortem, Actor: fixture.Lisi}, "escalation.refused.not_resolved")
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	before := s.Inc
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	require.Equal(t, before, s.Inc, "a second press changes nothing")
	refused(escalation.Action{Kind: escalation.Ack, Actor: fixture.Zhangsan}, "escalation.refused.acked")
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	refused(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Lisi}, "escalation.refused.quiet")
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	refused(escalation.Action{Kind: escalation.Ack, Actor: fixture.Zhangsan}, "escalation.refused.resolved")
	s.Must(escalation.Action{Kind: escalation.Reopen, Actor: fixture.Lisi})
	require.Equal(t, incident.Acknowledged, s.Inc.Status)
}

func TestDiagnosisAndSeverity(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Now = s.Now.Add(2 * time.Minute)
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi, Text: messages.Literal("disk full")})
	require.Equal(t, incident.Resolve, s.Inc.Stage)
	require.Equal(t, fixture.Lisi, s.Inc.Owner, "who finds the cause has it")
	s.Must(escalation.Action{Kind: escalation.SetSeverity, Actor: fixture.Lisi, Severity: incident.Info})
	s.Observe(fixture.Alert(2, "severity", "info"))
	require.Equal(t, incident.Info, s.Inc.Severity, "a person's word stands")
	s.Observe(fixture.Alert(3))
	require.Equal(t, incident.Critical, s.Inc.Severity, "until something worse happens")
}

func TestDeclaredByHand(t *testing.T) {
	s := fixture.NewStory(t)
	s.Take(engine.Declare("checkout feels slow", incident.Warning, oncall.Development, fixture.Lisi, s.Now))
	require.Equal(t, "checkout feels slow", s.Inc.Title)
	require.Equal(t, []string{fixture.Zhaoliu}, s.Paged())
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Zhaoliu})
	require.Equal(t, incident.Resolved, s.Inc.Status, "no alert has to clear")
}
