package escalation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

func pinned(at time.Time, text string) escalation.Action {
	return escalation.Action{Kind: escalation.QuoteMessage, Actor: zhangsan,
		Quote: escalation.Quote{Message: "C0INCIDENTS/1.000001", Author: lisi, At: at, Text: text}}
}

func TestAMessageStandsOnTheTimelineWhereItWasWritten(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	wrote := s.now.Add(10 * time.Second)
	s.pass(time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.must(pinned(wrote, "the disk\nis full"))
	said := s.reported()
	require.Contains(t, said, "| +10s | @"+lisi+" wrote: the disk is full (📌 @"+zhangsan+") |")
	require.Less(t, strings.Index(said, "the disk is full"), strings.Index(said, "acknowledged after"), "in the order in which it happened")
	require.NotContains(t, s.sent, escalation.EntryKey(12, s.inc.Entries), "it stands in the thread already")

	before := len(s.entries)
	s.must(pinned(wrote, "the disk is full"))
	require.Len(t, s.entries, before, "once per message")
}

func TestAMessageTakenOffTheTimelineIsInNoReport(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	take := escalation.Action{Kind: escalation.WithdrawQuote, Actor: lisi, Quote: escalation.Quote{Message: "C0INCIDENTS/1.000001"}}
	before := len(s.entries)
	s.must(take)
	require.Len(t, s.entries, before, "it was not there")

	s.must(pinned(s.now, "my password is hunter2"))
	shared := s.inc
	s.must(take)
	require.Contains(t, shared.Quotes, "C0INCIDENTS/1.000001", "a decision changes nothing but what it returns")
	require.NotContains(t, s.reported(), "hunter2")
	require.Contains(t, s.reported(), "took a message off the timeline")

	s.must(pinned(s.now, "the disk is full"))
	require.Contains(t, s.reported(), "the disk is full", "it can be put there again")
}

func TestAnOldMessageCanBeQuoted(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(pinned(s.now.Add(-2*time.Minute), "it feels slow"))
	require.Contains(t, s.reported(), "| −2m | @"+lisi+" wrote: it feels slow")
}
