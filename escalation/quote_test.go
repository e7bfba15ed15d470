package escalation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

func pinned(at time.Time, text string) escalation.Action {
	return escalation.Action{Kind: escalation.QuoteMessage, Actor: fixture.Zhangsan,
		Quote: escalation.Quote{Message: "C0INCIDENTS/1.000001", Author: fixture.Lisi, At: at, Text: text}}
}

func TestAMessageStandsOnTheTimelineWhereItWasWritten(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	wrote := s.Now.Add(10 * time.Second)
	s.Pass(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Must(pinned(wrote, "the disk\nis full"))
	said := s.Reported()
	require.Contains(t, said, "| +10s | @"+fixture.Lisi+" wrote: the disk is full (📌 @"+fixture.Zhangsan+") |")
	require.Less(t, strings.Index(said, "the disk is full"), strings.Index(said, "acknowledged after"), "in the order in which it happened")
	require.NotContains(t, s.Sent, incident.EntryKey(12, s.Inc.Entries), "it stands in the thread already")

	before := len(s.Entries)
	s.Must(pinned(wrote, "the disk is full"))
	require.Len(t, s.Entries, before, "once per message")
}

func TestAMessageTakenOffTheTimelineIsInNoReport(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	take := escalation.Action{Kind: escalation.WithdrawQuote, Actor: fixture.Lisi, Quote: escalation.Quote{Message: "C0INCIDENTS/1.000001"}}
	before := len(s.Entries)
	s.Must(take)
	require.Len(t, s.Entries, before, "it was not there")

	s.Must(pinned(s.Now, "my password is hunter2"))
	shared := s.Inc
	s.Must(take)
	require.Contains(t, shared.Quotes, "C0INCIDENTS/1.000001", "a decision changes nothing but what it returns")
	require.NotContains(t, s.Reported(), "hunter2")
	require.Contains(t, s.Reported(), "took a message off the timeline")

	s.Must(pinned(s.Now, "the disk is full"))
	require.Contains(t, s.Reported(), "the disk is full", "it can be put there again")
}

func TestAnOldMessageCanBeQuoted(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Must(pinned(s.Now.Add(-2*time.Minute), "it feels slow"))
	require.Contains(t, s.Reported(), "| −2m | @"+fixture.Lisi+" wrote: it feels slow")
}
