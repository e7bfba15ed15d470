package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/messages"
)

func TestInfoWaitsForWorkingHours(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	require.Empty(t, s.Paged())
	require.Equal(t, incident.Open, s.Inc.Status, "the incident is there at once")
	require.Equal(t, "escalation.entry.held", lastEntry(s), "and the thread says when somebody is paged")
	require.Equal(t, fixture.Start, s.Inc.HeldUntil)
	require.Equal(t, fixture.Start.Add(5*time.Minute), s.Inc.StageDueAt, "the stage's clock begins with the working hours")
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), s.Sent[incident.HeaderKey(12)].Card), "is paged from 2026-03-02 09:00")

	s.Pass(24*time.Hour - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	require.Equal(t, incident.ReasonOpened, s.Pages[0].Reason)
	require.Zero(t, s.Inc.HeldUntil)
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged())
}

func TestTheLadderRestsOverNight(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Now = fixture.Start.Add(9*time.Hour - 2*time.Minute)
	s.Observe(fixture.Info(1))
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Pass(15*time.Hour + 5*time.Minute - time.Nanosecond) // to 09:03
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "two of five minutes had passed in the evening")
}

func TestSeverityThatRisesPagesAtOnce(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Pass(time.Hour)
	s.Observe(fixture.Info(1), fixture.Alert(2))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "critical does not wait")
	require.Equal(t, s.Now.Add(-time.Hour+5*time.Minute), s.Inc.StageDueAt, "and should have been answered by now")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "and the ladder goes on")

	s.Observe(fixture.Info(1), fixture.Resolved(fixture.Alert(2), s.Now))
	require.Equal(t, incident.Info, s.Inc.Severity)
	s.Pass(12 * time.Hour)
	require.Empty(t, s.Paged(), "what is left can wait again")
	s.Pass(12 * time.Hour)
	require.NotEmpty(t, s.Paged())
}

func TestSeverityRaisedByHandPagesAtOnce(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Must(escalation.Action{Kind: escalation.SetSeverity, Actor: fixture.Zhaoliu, Severity: incident.Critical})
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
}

func TestNewsWaitsToo(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Observe(fixture.Info(2))
	require.Empty(t, s.Paged())
	s.Pass(24 * time.Hour)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "of the alert that came on Sunday")
	require.Equal(t, incident.ReasonNewAlerts, s.Pages[0].Reason)
}

func TestNewsThatWaitedIsToldWhenTheSeverityRises(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Observe(fixture.Info(2))
	s.Must(escalation.Action{Kind: escalation.SetSeverity, Actor: fixture.Zhaoliu, Severity: incident.Critical})
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Observe(fixture.Info(1), fixture.Info(2), fixture.Alert(3))
	require.Empty(t, s.Paged(), "no worse than what a person said, and too soon for another page")
}

func TestWhoAsksForHelpDoesNotWait(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Must(escalation.Action{Kind: escalation.Escalate, Actor: fixture.Zhaoliu})
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Must(escalation.Action{Kind: escalation.Assign, Actor: fixture.Zhaoliu, Assignee: fixture.Wangwu})
	require.Equal(t, []string{fixture.Wangwu}, s.Paged())
}

func TestAWorkingDayThatOpsbotSleptThrough(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Info(1))
	s.Now = fixture.Start.Add(11 * time.Hour) // Monday, 20:00
	s.Apply(escalation.Next(s.Policy, s.Directory, s.Inc, s.Pages, s.Now))
	require.Empty(t, s.Paged())
	require.Equal(t, fixture.Start.Add(24*time.Hour), s.Inc.DueAt)
}

func TestASeverityHasDeadlinesOfItsOwn(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Alert(1, "severity", "warning"))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "warnings are paged at any time")
	require.Equal(t, fixture.Sunday.Add(30*time.Minute), s.Inc.StageDueAt)
	s.Pass(30*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Observe(fixture.Alert(2))
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "worse: the same step hears of it at once")
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "at the pace of what is critical now")
}

func TestNobodyIsWokenForAReport(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now.Add(time.Second)))
	s.Pass(time.Hour)
	require.Equal(t, incident.Postmortem, s.Inc.Stage)
	s.Paged()
	resolvedAt := s.Inc.ResolvedAt
	require.Equal(t, resolvedAt.Add(24*time.Hour), s.Inc.StageDueAt, "a day of the calendar")
	s.Policy.Hours.From = 10 * time.Hour
	s.Pass(24*time.Hour - time.Nanosecond)
	require.Empty(t, s.Paged(), "before 10:00 on Monday is too early")
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
}

func TestForgottenLongBeforeTheDeadline(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Observe(fixture.Alert(1, "severity", "warning"))
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi})
	s.Paged()
	require.Equal(t, fixture.Sunday.Add(4*time.Hour), s.Inc.StageDueAt)
	s.Policy.Forgotten = 45 * time.Minute
	s.Pass(20 * time.Minute)
	s.Must(escalation.Action{Kind: escalation.Record, Actor: fixture.Lisi, Entry: incident.EntryCommand})
	s.Pass(45*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the owner is reminded")
	require.Equal(t, incident.ReasonForgotten, s.Pages[1].Reason)
	s.Pass(30 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "then the ladder climbs")

	s.Must(escalation.Action{Kind: escalation.Note, Actor: fixture.Lisi, Text: messages.Literal("still at it")})
	s.Pass(45*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "and begins with the owner again")

	s.Pass(48 * time.Hour)
	s.Paged()
	s.Pass(6 * time.Hour)
	require.NotEmpty(t, s.Paged(), "a silent owner is never forgotten for good")
}

func TestADeadlineThatComesWhileTheForgottenAreReminded(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi})
	s.Pass(30 * time.Minute)
	var reasons []incident.Reason
	for _, p := range s.Pages[1:] {
		reasons = append(reasons, p.Reason)
	}
	require.Equal(t, []incident.Reason{
		incident.ReasonForgotten, incident.ReasonForgotten, incident.ReasonForgotten,
		incident.ReasonDeadline, incident.ReasonDeadline, incident.ReasonDeadline, incident.ReasonDeadline,
	}, reasons)
	count := 0
	for _, e := range s.Entries {
		if e.Text.ID == "escalation.entry.overdue" {
			count++
		}
	}
	require.Equal(t, 1, count, "the timeline has the deadline")
}

// The alert comes back when the day is over, sooner than it may be paged for again: the header says that nobody is called.
func TestWhatComesBackAfterHoursSaysWhenItIsPaged(t *testing.T) {
	s := fixture.NewHeldStory(t)
	s.Now = fixture.Start.Add(9*time.Hour - 20*time.Second) // 17:59:40
	s.Observe(fixture.Info(1))
	require.Len(t, s.Pages, 1)
	s.Now = s.Now.Add(5 * time.Second)
	s.Observe(fixture.Resolved(fixture.Info(1), s.Now))
	s.Now = s.Now.Add(5 * time.Second)
	s.Observe(fixture.Info(1))
	s.Pass(time.Minute)
	require.Len(t, s.Pages, 1)
	require.Equal(t, fixture.Start.AddDate(0, 0, 1), s.Inc.HeldUntil)
}
