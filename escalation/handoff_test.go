package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

// handedOff is an incident that lisi owns, with wangwu asked to take it over.
func handedOff(t *testing.T) *story {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.paged()
	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: wangwu, Text: messages.Literal("my train leaves")})
	return s
}

func TestHandoffAccepted(t *testing.T) {
	s := handedOff(t)
	require.Equal(t, lisi, s.inc.Owner, "until it is accepted")
	require.Equal(t, []string{wangwu}, s.paged())
	card := s.sent[escalation.PageKey("12/2")].Card
	require.Len(t, card.Actions, 1)
	require.Equal(t, escalation.ActionAck, card.Actions[0].Name)
	require.Contains(t, words(printer(t, "en"), s.sent[escalation.HeaderKey(12)].Card), "is asked to take over until 09:06:00")

	s.deliver()
	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: wangwu})
	require.Equal(t, wangwu, s.inc.Owner)
	require.Equal(t, escalation.Diagnose, s.inc.Stage, "the clock goes on")
	require.Equal(t, "escalation.entry.handoff_accepted", lastEntry(s), "which mentions who has been relieved")
	require.Equal(t, escalation.PageAcked, s.pages[1].State)
	card = s.sent[escalation.PageKey("12/2")].Card
	require.Empty(t, card.Actions)
	require.NotContains(t, words(printer(t, "en"), card), "should be relieved", "it would ask wangwu to relieve wangwu")
	s.pass(5 * time.Minute)
	require.Empty(t, s.paged())
}

func TestHandoffNotAccepted(t *testing.T) {
	s := handedOff(t)
	s.deliver()
	s.paged()
	s.pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged())
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged(), "the owner is told")
	require.Equal(t, escalation.ReasonKept, s.pages[2].Reason)
	require.Equal(t, lisi, s.inc.Owner)
	require.Empty(t, s.sent[escalation.PageKey("12/2")].Card.Actions, "it is too late")
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(escalation.Action{Kind: escalation.Ack, Actor: wangwu}), &refusal)
}

func TestHandoffToSomebodyOutOfReach(t *testing.T) {
	s := handedOff(t)
	s.paged()
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageFailed, "user_not_found", s.now))
	s.pass(0)
	require.Equal(t, []string{lisi}, s.paged(), "there is nothing to wait for")
}

func TestHandoffToSomebodyElse(t *testing.T) {
	s := handedOff(t)
	s.must(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: wangwu})
	require.Len(t, s.paged(), 1, "asked twice, told once")
	s.must(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: zhaoliu})
	require.Equal(t, []string{zhaoliu}, s.paged())
	require.Equal(t, escalation.PageCancelled, s.pages[1].State, "what was not sent yet is not needed")
	require.Contains(t, s.cancelled, escalation.PageKey("12/2"))
}

func TestAHandoffEndsWithTheIncident(t *testing.T) {
	for name, end := range map[string]func(*story){
		"resolved": func(s *story) {
			s.observe(resolved(alert(1), s.now))
			s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
		},
		"assigned to somebody else": func(s *story) {
			s.must(escalation.Action{Kind: escalation.Assign, Actor: zhaoliu, Assignee: zhaoliu})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := handedOff(t)
			s.paged()
			end(s)
			require.Empty(t, s.inc.HandoffTo)
			require.Equal(t, escalation.PageCancelled, s.pages[1].State)
			s.pass(6 * time.Minute)
			require.Empty(t, s.paged())
		})
	}
}

func TestHandoffKeepsTheNewsForTheOwner(t *testing.T) {
	s := handedOff(t)
	s.now = s.now.Add(time.Minute)
	s.observe(alert(2))
	s.now = s.now.Add(time.Second)
	s.observe(alert(3))
	s.paged()
	s.must(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: zhaoliu})
	require.Equal(t, []string{zhaoliu}, s.paged())
	s.pass(time.Minute)
	require.Equal(t, []string{lisi}, s.paged(), "the page about the third alert does not get lost over it")
}

func TestHandoffNeedsAnOwner(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: wangwu}), &refusal)
	require.Equal(t, "escalation.refused.no_owner", refusal.Message.ID)
}

func TestHandoffToTheOwnerIsNone(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(escalation.Action{Kind: escalation.Handoff, Actor: lisi, Assignee: lisi}), &refusal)
	require.Equal(t, "escalation.refused.handoff_owner", refusal.Message.ID)
}

func TestStillOnIt(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.paged()
	s.pass(15 * time.Minute)
	require.Equal(t, []string{lisi}, s.paged())
	s.deliver()
	reminder := escalation.PageKey(s.pages[1].ID)
	s.must(escalation.Action{Kind: escalation.Working, Actor: lisi})
	require.Equal(t, escalation.PageAcked, s.pages[1].State)
	require.Empty(t, s.sent[reminder].Card.Actions)
	s.pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.paged(), "a person's word moves the reminder")
	s.pass(time.Nanosecond)
	require.Equal(t, []string{lisi}, s.paged())

	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi, Page: s.pages[2].ID})
	require.Equal(t, escalation.PageAcked, s.pages[2].State, "an SMS that answers a reminder is the same")
	require.Equal(t, "escalation.entry.working", lastEntry(s))
}

func TestTheOwnersTurnEnds(t *testing.T) {
	s := newStory(t)
	turns := escalation.Rotation{Role: escalation.DBA, People: []string{"lisi", "wangwu"}, First: start.Add(-23 * time.Hour), Days: 1}
	s.directory = rotating(t, turns)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi})
	s.policy.Forgotten = 3 * time.Hour
	s.paged()
	s.pass(time.Hour - time.Nanosecond)
	require.NotContains(t, said(s), "escalation.entry.shift_ended")
	s.pass(time.Nanosecond)
	require.Contains(t, said(s), "escalation.entry.shift_ended")
	require.Equal(t, lisi, s.inc.Owner, "only people move an incident")
}

func TestAnOwnerOutsideTheTurnsIsNotToldOfThem(t *testing.T) {
	s := newStory(t)
	s.directory = rotating(t, escalation.Rotation{Role: escalation.DBA, People: []string{"lisi", "wangwu"}, First: start.Add(-23 * time.Hour), Days: 1})
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Ack, Actor: zhaoliu})
	s.pass(2 * time.Hour)
	require.NotContains(t, said(s), "escalation.entry.shift_ended")
}

// said are the ids of what was written down.
func said(s *story) []string {
	var ids []string
	for _, e := range s.entries {
		ids = append(ids, e.Text.ID)
	}
	return ids
}

// The ledger names who answered, also where that is not the owner.
func TestPagesAreAnsweredByWhoeverDidSomething(t *testing.T) {
	for _, kind := range []escalation.ActionKind{escalation.Working, escalation.MarkResolved} {
		s := newStory(t)
		s.observe(alert(1))
		s.must(escalation.Action{Kind: escalation.Assign, Actor: wangwu, Assignee: lisi})
		s.deliver()
		s.must(escalation.Action{Kind: kind, Actor: wangwu})
		last := s.pages[len(s.pages)-1]
		require.Equal(t, escalation.PageAcked, last.State)
		require.Equal(t, wangwu, last.AckedBy, kind)
	}
}
