package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

func TestNobodyAnswers(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	require.Equal(t, []string{lisi}, s.paged(), "a database alert pages the DBA at once")
	require.Equal(t, escalation.Open, s.inc.Status)
	require.Equal(t, start.Add(5*time.Minute), s.inc.StageDueAt)

	s.pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged(), "nobody is paged before the deadline")
	s.pass(time.Nanosecond)
	require.Equal(t, []string{zhangsan}, s.paged(), "then the system administrator")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhaoliu}, s.paged(), "then the development lead")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan, lisi, wangwu, zhaoliu}, s.paged(), "then everybody")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{lisi}, s.paged(), "and again from the start")
	s.pass(35 * time.Minute)
	s.paged()
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan, lisi, wangwu, zhaoliu}, s.paged(), "after three rounds only everybody")
	s.pass(time.Hour - time.Nanosecond)
	require.Empty(t, s.paged(), "and that rarely")
	s.pass(time.Nanosecond)
	require.Len(t, s.paged(), 4, "but an alert that fires is never forgotten")
}

func TestNeverDiagnosedIsAlsoNeverResolved(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.pass(29 * time.Minute)
	require.Equal(t, escalation.Diagnose, s.inc.Stage)
	s.paged()
	s.pass(time.Minute)
	require.Equal(t, escalation.Resolve, s.inc.Stage)
	require.Equal(t, start.Add(30*time.Minute), s.inc.StageDueAt)
	require.Equal(t, []string{lisi}, s.paged(), "the next deadline asks the owner first again")
}

func TestPageOverWhatDeliveryWrote(t *testing.T) {
	stored := func(state escalation.PageState) escalation.Page {
		return escalation.Page{ID: "12/1", State: state, AttemptedAt: start, ReceiptAt: start}
	}
	for name, tt := range map[string]struct {
		decided      escalation.PageState
		acked        bool
		stored, want escalation.PageState
	}{
		"cancelled in time":                {escalation.PageCancelled, true, escalation.PageIntended, escalation.PageCancelled},
		"acked while it went out":          {escalation.PageCancelled, true, escalation.PageDelivered, escalation.PageAcked},
		"acked while it may have gone out": {escalation.PageCancelled, true, escalation.PageAttempted, escalation.PageCancelled},
		"resolved when it had arrived":     {escalation.PageCancelled, false, escalation.PageDelivered, escalation.PageDelivered},
		"cancelled what had failed":        {escalation.PageCancelled, true, escalation.PageFailed, escalation.PageFailed},
		"acked what had failed by then":    {escalation.PageAcked, true, escalation.PageFailed, escalation.PageFailed},
		"acked what was delivered":         {escalation.PageAcked, true, escalation.PageDelivered, escalation.PageAcked},
		"decided on an older state of it":  {escalation.PageIntended, false, escalation.PageDelivered, escalation.PageDelivered},
		"failed according to the provider": {escalation.PageFailed, false, escalation.PageAttempted, escalation.PageFailed},
	} {
		t.Run(name, func(t *testing.T) {
			p := escalation.Page{ID: "12/1", State: tt.decided}
			if tt.acked {
				p.AckedAt = start.Add(time.Minute)
			}
			got := p.Over(stored(tt.stored))
			require.Equal(t, tt.want, got.State)
			require.Equal(t, start, got.ReceiptAt, "what delivery knows is kept")
		})
	}
}

func TestAckStopsThePages(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.deliver()
	s.pass(5 * time.Minute) // the system administrator's page stays queued
	s.paged()
	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})

	require.Equal(t, escalation.Acknowledged, s.inc.Status)
	require.Equal(t, lisi, s.inc.Owner)
	require.Equal(t, escalation.Diagnose, s.inc.Stage)
	require.Equal(t, escalation.PageAcked, s.pages[0].State)
	require.Equal(t, escalation.PageCancelled, s.pages[1].State)
	require.Equal(t, []string{escalation.PageKey(s.pages[1].ID)}, s.cancelled)
	require.Empty(t, s.sent[escalation.PageKey("12/1")].Card.Actions, "the direct message no longer asks for an answer")

	s.pass(9*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged(), "silence until the diagnosis is due, 15 minutes after the opening")
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged(), "the owner is reminded first")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged(), "acked and forgotten is escalated")
}

func TestActivityCountsAsProgress(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.paged()
	s.pass(14 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Record, Actor: lisi, Entry: escalation.EntryCommand, Text: messages.Literal("/health")})
	s.pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged())
}

func TestNewAlertsPageAgainAndRepeatsDoNot(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1, "severity", "warning"))
	s.paged()
	before := s.inc
	s.now = s.now.Add(time.Minute)
	s.observe(alert(1, "severity", "warning"))
	require.Equal(t, before, s.inc, "an identical repeat changes nothing")

	s.observe(alert(1, "severity", "warning"), alert(2, "severity", "warning"))
	require.Equal(t, []string{lisi}, s.paged(), "a new alert pages whoever was paged last")
	s.now = s.now.Add(time.Second)
	s.observe(alert(3, "severity", "warning"))
	s.observe(alert(4, "severity", "warning"))
	require.Empty(t, s.paged(), "alerts in quick succession share a page")
	s.pass(30 * time.Second)
	require.Equal(t, []string{lisi}, s.paged(), "which comes when the gap is over")
	s.now = s.now.Add(time.Second)
	s.observe(alert(5))
	require.Equal(t, []string{lisi}, s.paged(), "a worse alert does not wait")
	require.Equal(t, escalation.Critical, s.inc.Severity)

	s.must(escalation.Action{Kind: escalation.Ack, Actor: zhaoliu})
	s.now = s.now.Add(time.Minute)
	s.observe(alert(6))
	require.Equal(t, []string{zhaoliu}, s.paged(), "once there is an owner, it is the owner who hears")
}

func TestQuietPeriod(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1), alert(2))
	s.now = s.now.Add(time.Minute)
	s.observe(resolved(alert(1), s.now))
	require.Equal(t, escalation.Open, s.inc.Status, "one of two still fires")
	s.observe(resolved(alert(2), s.now))
	require.Equal(t, escalation.Quiet, s.inc.Status)
	require.Equal(t, escalation.PageCancelled, s.pages[0].State, "a page that was not sent is not needed")
	s.paged()

	s.now = s.now.Add(4 * time.Minute)
	again := alert(2)
	again.StartsAt = s.now
	s.observe(again)
	require.Equal(t, escalation.Open, s.inc.Status, "a re-fire reopens the same incident")
	require.EqualValues(t, 12, s.inc.Number)
	require.Equal(t, []string{lisi}, s.paged())

	s.now = s.now.Add(time.Minute)
	s.observe(resolved(again, s.now))
	quiet := s.now
	s.pass(5 * time.Minute)
	require.Equal(t, escalation.Resolved, s.inc.Status)
	require.Equal(t, quiet, s.inc.ResolvedAt, "it was over when the alerts resolved")
	require.Equal(t, escalation.Postmortem, s.inc.Stage)
	require.Empty(t, s.paged())
	s.pass(24 * time.Hour)
	require.Equal(t, []string{lisi}, s.paged(), "the postmortem is asked for")
	s.must(escalation.Action{Kind: escalation.ClosePostmortem, Actor: lisi})
	require.True(t, s.inc.DueAt.IsZero())
}

func TestRefireOfAnOwnedIncidentStaysOwned(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.now = s.now.Add(2 * time.Minute)
	s.observe(resolved(alert(1), s.now))
	s.paged()
	again := alert(1)
	again.StartsAt = s.now.Add(time.Minute)
	s.now = s.now.Add(time.Minute)
	s.observe(again)
	require.Equal(t, escalation.Acknowledged, s.inc.Status)
	require.Equal(t, []string{lisi}, s.paged())
}

func TestResolvedByHandWhileAlertsFire(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	require.Equal(t, escalation.Quiet, s.inc.Status)
	s.paged()
	s.observe(alert(1))
	require.Equal(t, escalation.Quiet, s.inc.Status, "a repeat is no news")
	s.pass(5 * time.Minute)
	require.Equal(t, escalation.Acknowledged, s.inc.Status, "it still fires")
	require.Equal(t, []string{lisi}, s.paged())

	s.observe(resolved(alert(1), s.now))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	require.Equal(t, escalation.Resolved, s.inc.Status, "nothing fires: a person's word is enough")
}

func TestEscalateByHand(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.paged()
	s.must(escalation.Action{Kind: escalation.Escalate, Actor: lisi})
	require.Equal(t, []string{zhangsan}, s.paged())
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Escalate, Actor: lisi})
	require.Equal(t, []string{zhangsan}, s.paged(), "not the owner, who asks, nor the routed role, who is the same person")
	for range 4 {
		s.now = s.now.Add(time.Minute)
		s.must(escalation.Action{Kind: escalation.Escalate, Actor: lisi})
	}
	require.Len(t, s.paged(), 1+4+4+4, "the last rung again and again")
}

func TestAssign(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.paged()
	s.must(escalation.Action{Kind: escalation.Assign, Actor: zhangsan, Assignee: "U0OUTSIDER"})
	require.Equal(t, "U0OUTSIDER", s.inc.Owner)
	require.Equal(t, escalation.Acknowledged, s.inc.Status)
	require.Equal(t, []string{"U0OUTSIDER"}, s.paged(), "who is made the owner is told, also outside the contact table")
}

func TestUnreachableRungsAreSkipped(t *testing.T) {
	table := contacts()
	table[1].Slack, table[3].Slack = "", ""
	s := newStory(t)
	var err error
	s.directory, err = escalation.NewDirectory(table)
	require.NoError(t, err)
	s.observe(alert(1))
	require.Equal(t, []string{zhangsan}, s.paged(), "the DBA cannot be paged: the next rung is, at once")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan, wangwu}, s.paged(), "everybody who can be")
}

func TestNobodyReachable(t *testing.T) {
	s := newStory(t)
	s.directory = escalation.Directory{}
	s.observe(alert(1))
	s.pass(time.Hour)
	require.Empty(t, s.pages)
	s.directory = directory(t)
	s.pass(5 * time.Minute)
	require.NotEmpty(t, s.paged(), "as soon as there is somebody")
}

func TestFailedPageMovesOn(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, s.pages[0].ID, escalation.PageFailed, "user_not_found", s.now))
	require.Equal(t, escalation.PageFailed, s.pages[0].State)
	s.paged()
	s.pass(0)
	require.Equal(t, []string{zhangsan}, s.paged())
}

func TestRefusals(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	refused := func(a escalation.Action, id string) {
		t.Helper()
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.act(a), &refusal)
		require.Equal(t, id, refusal.Message.ID)
	}
	refused(escalation.Action{Kind: escalation.Reopen, Actor: lisi}, "escalation.refused.open")
	refused(escalation.Action{Kind: escalation.ClosePostmortem, Actor: lisi}, "escalation.refused.not_resolved")
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	before := s.inc
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	require.Equal(t, before, s.inc, "a second press changes nothing")
	refused(escalation.Action{Kind: escalation.Ack, Actor: zhangsan}, "escalation.refused.acked")
	s.observe(resolved(alert(1), s.now))
	refused(escalation.Action{Kind: escalation.Escalate, Actor: lisi}, "escalation.refused.quiet")
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	refused(escalation.Action{Kind: escalation.Ack, Actor: zhangsan}, "escalation.refused.resolved")
	s.must(escalation.Action{Kind: escalation.Reopen, Actor: lisi})
	require.Equal(t, escalation.Acknowledged, s.inc.Status)
}

func TestDiagnosisAndSeverity(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.now = s.now.Add(2 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi, Text: messages.Literal("disk full")})
	require.Equal(t, escalation.Resolve, s.inc.Stage)
	require.Equal(t, lisi, s.inc.Owner, "who finds the cause has it")
	s.must(escalation.Action{Kind: escalation.SetSeverity, Actor: lisi, Severity: escalation.Info})
	s.observe(alert(2, "severity", "info"))
	require.Equal(t, escalation.Info, s.inc.Severity, "a person's word stands")
	s.observe(alert(3))
	require.Equal(t, escalation.Critical, s.inc.Severity, "until something worse happens")
}

func TestDeclaredByHand(t *testing.T) {
	s := newStory(t)
	s.take(escalation.Declare("checkout feels slow", escalation.Warning, escalation.Development, lisi, s.now))
	require.Equal(t, "checkout feels slow", s.inc.Title)
	require.Equal(t, []string{zhaoliu}, s.paged())
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: zhaoliu})
	require.Equal(t, escalation.Resolved, s.inc.Status, "no alert has to clear")
}
