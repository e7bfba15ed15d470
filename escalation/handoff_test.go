package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// handedOff is an incident that lisi owns, with wangwu asked to take it over.
func handedOff(t *testing.T) *fixture.Story {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Paged()
	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Wangwu, Text: messages.Literal("my train leaves")})
	return s
}

func TestHandoffAccepted(t *testing.T) {
	s := handedOff(t)
	require.Equal(t, fixture.Lisi, s.Inc.Owner, "until it is accepted")
	require.Equal(t, []string{fixture.Wangwu}, s.Paged())
	card := s.Sent[incident.PageKey("12/2")].Card
	require.Len(t, card.Actions, 1)
	require.Equal(t, cards.ActionAck, card.Actions[0].Name)
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), s.Sent[incident.HeaderKey(12)].Card), "is asked to take over until 09:06:00")

	s.Deliver()
	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Wangwu})
	require.Equal(t, fixture.Wangwu, s.Inc.Owner)
	require.Equal(t, incident.Diagnose, s.Inc.Stage, "the clock goes on")
	require.Equal(t, "escalation.entry.handoff_accepted", lastEntry(s), "which mentions who has been relieved")
	require.Equal(t, incident.PageAcked, s.Pages[1].State)
	card = s.Sent[incident.PageKey("12/2")].Card
	require.Empty(t, card.Actions)
	require.NotContains(t, fixture.Words(fixture.Printer(t, "en"), card), "should be relieved", "it would ask wangwu to relieve wangwu")
	s.Pass(5 * time.Minute)
	require.Empty(t, s.Paged())
}

func TestHandoffNotAccepted(t *testing.T) {
	s := handedOff(t)
	s.Deliver()
	s.Paged()
	s.Pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged())
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the owner is told")
	require.Equal(t, incident.ReasonKept, s.Pages[2].Reason)
	require.Equal(t, fixture.Lisi, s.Inc.Owner)
	require.Empty(t, s.Sent[incident.PageKey("12/2")].Card.Actions, "it is too late")
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(escalation.Action{Kind: escalation.Ack, Actor: fixture.Wangwu}), &refusal)
}

func TestHandoffToSomebodyOutOfReach(t *testing.T) {
	s := handedOff(t)
	s.Paged()
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/2", incident.PageFailed, "user_not_found", s.Now))
	s.Pass(0)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "there is nothing to wait for")
}

func TestHandoffToSomebodyElse(t *testing.T) {
	s := handedOff(t)
	s.Must(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Wangwu})
	require.Len(t, s.Paged(), 1, "asked twice, told once")
	s.Must(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Zhaoliu})
	require.Equal(t, []string{fixture.Zhaoliu}, s.Paged())
	require.Equal(t, incident.PageCancelled, s.Pages[1].State, "what was not sent yet is not needed")
	require.Contains(t, s.Cancelled, incident.PageKey("12/2"))
}

func TestAHandoffEndsWithTheIncident(t *testing.T) {
	for name, end := range map[string]func(*fixture.Story){
		"resolved": func(s *fixture.Story) {
			s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
			s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
		},
		"assigned to somebody else": func(s *fixture.Story) {
			s.Must(escalation.Action{Kind: escalation.Assign, Actor: fixture.Zhaoliu, Assignee: fixture.Zhaoliu})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := handedOff(t)
			s.Paged()
			end(s)
			require.Empty(t, s.Inc.HandoffTo)
			require.Equal(t, incident.PageCancelled, s.Pages[1].State)
			s.Pass(6 * time.Minute)
			require.Empty(t, s.Paged())
		})
	}
}

func TestHandoffKeepsTheNewsForTheOwner(t *testing.T) {
	s := handedOff(t)
	s.Now = s.Now.Add(time.Minute)
	s.Observe(fixture.Alert(2))
	s.Now = s.Now.Add(time.Second)
	s.Observe(fixture.Alert(3))
	s.Paged()
	s.Must(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Zhaoliu})
	require.Equal(t, []string{fixture.Zhaoliu}, s.Paged())
	s.Pass(time.Minute)
	require.Equal(t, []string{fixture.Lisi}, s.Paged(), "the page about the third alert does not get lost over it")
}

func TestHandoffNeedsAnOwner(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Wangwu}), &refusal)
	require.Equal(t, "escalation.refused.no_owner", refusal.Message.ID)
}

func TestHandoffToTheOwnerIsNone(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(escalation.Action{Kind: escalation.Handoff, Actor: fixture.Lisi, Assignee: fixture.Lisi}), &refusal)
	require.Equal(t, "escalation.refused.handoff_owner", refusal.Message.ID)
}

func TestStillOnIt(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Paged()
	s.Pass(15 * time.Minute)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Deliver()
	reminder := incident.PageKey(s.Pages[1].ID)
	s.Must(escalation.Action{Kind: escalation.Working, Actor: fixture.Lisi})
	require.Equal(t, incident.PageAcked, s.Pages[1].State)
	require.Empty(t, s.Sent[reminder].Card.Actions)
	s.Pass(5*time.Minute - time.Nanosecond)
	require.Empty(t, s.Paged(), "a person's word moves the reminder")
	s.Pass(time.Nanosecond)
	require.Equal(t, []string{fixture.Lisi}, s.Paged())

	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi, Page: s.Pages[2].ID})
	require.Equal(t, incident.PageAcked, s.Pages[2].State, "an SMS that answers a reminder is the same")
	require.Equal(t, "escalation.entry.working", lastEntry(s))
}

func TestTheOwnersTurnEnds(t *testing.T) {
	s := fixture.NewStory(t)
	turns := oncall.Rotation{Role: oncall.DBA, People: []string{"lisi", "wangwu"}, First: fixture.Start.Add(-23 * time.Hour), Days: 1}
	s.Directory = fixture.Rotating(t, turns)
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Diagnosed, Actor: fixture.Lisi})
	s.Policy.Forgotten = 3 * time.Hour
	s.Paged()
	s.Pass(time.Hour - time.Nanosecond)
	require.NotContains(t, said(s), "escalation.entry.shift_ended")
	s.Pass(time.Nanosecond)
	require.Contains(t, said(s), "escalation.entry.shift_ended")
	require.Equal(t, fixture.Lisi, s.Inc.Owner, "only people move an incident")
}

func TestAnOwnerOutsideTheTurnsIsNotToldOfThem(t *testing.T) {
	s := fixture.NewStory(t)
	s.Directory = fixture.Rotating(t, oncall.Rotation{Role: oncall.DBA, People: []string{"lisi", "wangwu"}, First: fixture.Start.Add(-23 * time.Hour), Days: 1})
	s.Observe(fixture.Alert(1))
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Zhaoliu})
	s.Pass(2 * time.Hour)
	require.NotContains(t, said(s), "escalation.entry.shift_ended")
}

// said are the ids of what was written down.
func said(s *fixture.Story) []string {
	var ids []string
	for _, e := range s.Entries {
		ids = append(ids, e.Text.ID)
	}
	return ids
}

// The ledger names who answered, also where that is not the owner.
func TestPagesAreAnsweredByWhoeverDidSomething(t *testing.T) {
	for _, kind := range []escalation.ActionKind{escalation.Working, escalation.MarkResolved} {
		s := fixture.NewStory(t)
		s.Observe(fixture.Alert(1))
		s.Must(escalation.Action{Kind: escalation.Assign, Actor: fixture.Wangwu, Assignee: fixture.Lisi})
		s.Deliver()
		s.Must(escalation.Action{Kind: kind, Actor: fixture.Wangwu})
		last := s.Pages[len(s.Pages)-1]
		require.Equal(t, incident.PageAcked, last.State)
		require.Equal(t, fixture.Wangwu, last.AckedBy, kind)
	}
}
