package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

func TestInfoWaitsForWorkingHours(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	require.Empty(t, s.paged())
	require.Equal(t, escalation.Open, s.inc.Status, "the incident is there at once")
	require.Equal(t, "escalation.entry.held", lastEntry(s), "and the thread says when somebody is paged")
	require.Equal(t, start, s.inc.HeldUntil)
	require.Equal(t, start.Add(5*time.Minute), s.inc.StageDueAt, "the stage's clock begins with the working hours")
	require.Contains(t, words(printer(t, "en"), s.sent[escalation.HeaderKey(12)].Card), "is paged from 2026-03-02 09:00")

	s.pass(24*time.Hour - time.Nanosecond)
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged())
	require.Equal(t, escalation.ReasonOpened, s.pages[0].Reason)
	require.Zero(t, s.inc.HeldUntil)
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged())
}

func TestTheLadderRestsOverNight(t *testing.T) {
	s := newHeldStory(t)
	s.now = start.Add(9*time.Hour - 2*time.Minute)
	s.observe(info(1))
	require.Equal(t, []string{lisi}, s.paged())
	s.pass(15*time.Hour + 5*time.Minute - time.Nanosecond) // to 09:03
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{zhangsan}, s.paged(), "two of five minutes had passed in the evening")
}

func TestSeverityThatRisesPagesAtOnce(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.pass(time.Hour)
	s.observe(info(1), alert(2))
	require.Equal(t, []string{lisi}, s.paged(), "critical does not wait")
	require.Equal(t, s.now.Add(-time.Hour+5*time.Minute), s.inc.StageDueAt, "and should have been answered by now")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged(), "and the ladder goes on")

	s.observe(info(1), resolved(alert(2), s.now))
	require.Equal(t, escalation.Info, s.inc.Severity)
	s.pass(12 * time.Hour)
	require.Empty(t, s.paged(), "what is left can wait again")
	s.pass(12 * time.Hour)
	require.NotEmpty(t, s.paged())
}

func TestSeverityRaisedByHandPagesAtOnce(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.must(escalation.Action{Kind: escalation.SetSeverity, Actor: zhaoliu, Severity: escalation.Critical})
	require.Equal(t, []string{lisi}, s.paged())
}

func TestNewsWaitsToo(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.observe(info(2))
	require.Empty(t, s.paged())
	s.pass(24 * time.Hour)
	require.Equal(t, []string{lisi}, s.paged(), "of the alert that came on Sunday")
	require.Equal(t, escalation.ReasonNews, s.pages[0].Reason)
}

func TestNewsThatWaitedIsToldWhenTheSeverityRises(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.observe(info(2))
	s.must(escalation.Action{Kind: escalation.SetSeverity, Actor: zhaoliu, Severity: escalation.Critical})
	require.Equal(t, []string{lisi}, s.paged())
	s.observe(info(1), info(2), alert(3))
	require.Empty(t, s.paged(), "no worse than what a person said, and too soon for another page")
}

func TestWhoAsksForHelpDoesNotWait(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.must(escalation.Action{Kind: escalation.Escalate, Actor: zhaoliu})
	require.Equal(t, []string{lisi}, s.paged())
	s.must(escalation.Action{Kind: escalation.Assign, Actor: zhaoliu, Assignee: wangwu})
	require.Equal(t, []string{wangwu}, s.paged())
}

func TestAWorkingDayThatOpsbotSleptThrough(t *testing.T) {
	s := newHeldStory(t)
	s.observe(info(1))
	s.now = start.Add(11 * time.Hour) // Monday, 20:00
	s.apply(escalation.Next(s.policy, s.directory, s.inc, s.pages, s.now))
	require.Empty(t, s.paged())
	require.Equal(t, start.Add(24*time.Hour), s.inc.DueAt)
}

func TestASeverityHasDeadlinesOfItsOwn(t *testing.T) {
	s := newHeldStory(t)
	s.observe(alert(1, "severity", "warning"))
	require.Equal(t, []string{lisi}, s.paged(), "warnings are paged at any time")
	require.Equal(t, sunday.Add(30*time.Minute), s.inc.StageDueAt)
	s.pass(30*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged())
	s.observe(alert(2))
	require.Equal(t, []string{lisi}, s.paged(), "worse: the same rung hears of it at once")
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged(), "at the pace of what is critical now")
}

func TestNobodyIsWokenForAReport(t *testing.T) {
	s := newHeldStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.observe(resolved(alert(1), s.now.Add(time.Second)))
	s.pass(time.Hour)
	require.Equal(t, escalation.Postmortem, s.inc.Stage)
	s.paged()
	resolvedAt := s.inc.ResolvedAt
	require.Equal(t, resolvedAt.Add(24*time.Hour), s.inc.StageDueAt, "a day of the calendar")
	s.policy.Hours.From = 10 * time.Hour
	s.pass(24*time.Hour - time.Nanosecond)
	require.Empty(t, s.paged(), "before 10:00 on Monday is too early")
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged())
}

func TestForgottenLongBeforeTheDeadline(t *testing.T) {
	s := newHeldStory(t)
	s.observe(alert(1, "severity", "warning"))
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi})
	s.paged()
	require.Equal(t, sunday.Add(4*time.Hour), s.inc.StageDueAt)
	s.policy.Forgotten = 45 * time.Minute
	s.pass(20 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Record, Actor: lisi, Entry: escalation.EntryCommand})
	s.pass(45*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged(), "the owner is reminded")
	require.Equal(t, escalation.ReasonForgotten, s.pages[1].Reason)
	s.pass(30 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged(), "then the ladder climbs")

	s.must(escalation.Action{Kind: escalation.Note, Actor: lisi, Text: messages.Literal("still at it")})
	s.pass(45*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged(), "and begins with the owner again")

	s.pass(48 * time.Hour)
	s.paged()
	s.pass(6 * time.Hour)
	require.NotEmpty(t, s.paged(), "a silent owner is never forgotten for good")
}

func TestADeadlineThatComesWhileTheForgottenAreReminded(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi})
	s.pass(30 * time.Minute)
	var reasons []escalation.Reason
	for _, p := range s.pages[1:] {
		reasons = append(reasons, p.Reason)
	}
	require.Equal(t, []escalation.Reason{
		escalation.ReasonForgotten, escalation.ReasonForgotten, escalation.ReasonForgotten,
		escalation.ReasonDeadline, escalation.ReasonDeadline, escalation.ReasonDeadline, escalation.ReasonDeadline,
	}, reasons)
	count := 0
	for _, e := range s.entries {
		if e.Text.ID == "escalation.entry.overdue" {
			count++
		}
	}
	require.Equal(t, 1, count, "the timeline has the deadline")
}

// The alert comes back when the day is over, sooner than it may be paged for again: the header says that nobody is called.
func TestWhatComesBackAfterHoursSaysWhenItIsPaged(t *testing.T) {
	s := newHeldStory(t)
	s.now = start.Add(9*time.Hour - 20*time.Second) // 17:59:40
	s.observe(info(1))
	require.Len(t, s.pages, 1)
	s.now = s.now.Add(5 * time.Second)
	s.observe(resolved(info(1), s.now))
	s.now = s.now.Add(5 * time.Second)
	s.observe(info(1))
	s.pass(time.Minute)
	require.Len(t, s.pages, 1)
	require.Equal(t, start.AddDate(0, 0, 1), s.inc.HeldUntil)
}
