package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

// threePages is an incident with a page of each kind that nobody has received yet.
func threePages(t *testing.T) *story {
	s := newStory(t)
	s.observe(alert(1))
	s.pass(10 * time.Minute)
	require.Len(t, s.pages, 3)
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/1", escalation.PageFailed, "token_revoked", s.now))
	s.pages[1] = s.pages[1].Attempted(s.now)
	clear(s.sent)
	return s
}

func requireNoneLeft(t *testing.T, s *story) {
	t.Helper()
	for _, p := range s.pages[:3] {
		require.Contains(t, s.cancelled, escalation.PageKey(p.ID), p.State)
		require.NotContains(t, s.sent, escalation.PageKey(p.ID), "a new card would send it")
	}
}

func TestPagesWithoutAReceiptAreTakenBack(t *testing.T) {
	for name, over := range map[string]func(*story){
		"ack":     func(s *story) { s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi}) },
		"resolve": func(s *story) { s.observe(resolved(alert(1), s.now)) },
		"resolve and quiet period": func(s *story) {
			s.observe(resolved(alert(1), s.now))
			s.pass(time.Hour)
			require.Equal(t, escalation.Resolved, s.inc.Status)
		},
		"resolved by hand": func(s *story) { s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi}) },
	} {
		t.Run(name, func(t *testing.T) {
			s := threePages(t)
			over(s)
			requireNoneLeft(t, s)
			require.Equal(t, escalation.PageFailed, s.pages[0].State)
			require.Equal(t, escalation.PageCancelled, s.pages[1].State)
			require.Equal(t, escalation.PageCancelled, s.pages[2].State)
		})
	}
}

func TestAPageThatArrivesAfterTheAckSaysSo(t *testing.T) {
	s := threePages(t)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageDelivered, "", s.now))
	require.Equal(t, escalation.PageAcked, s.pages[1].State)
	require.Empty(t, s.sent[escalation.PageKey("12/2")].Card.Actions)
	require.NotEmpty(t, s.sent[escalation.PageKey("12/2")].Card.Footer)
}

// The incident was over, and nobody had acknowledged it, before anybody knew that the page had arrived.
func TestAPageThatArrivesAfterTheEndSaysSo(t *testing.T) {
	s := threePages(t)
	s.observe(resolved(alert(1), s.now))
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageDelivered, "", s.now))
	require.Equal(t, escalation.PageDelivered, s.pages[1].State)
	require.Contains(t, s.sent, escalation.PageKey("12/2"))
	require.Empty(t, s.sent[escalation.PageKey("12/2")].Card.Actions)
}

func TestADeliveredPageShowsTheEnd(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.deliver()
	s.now = s.now.Add(time.Minute)
	s.take(delivery(s.now, resolved(alert(1), s.now)))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	card := s.sent[escalation.PageKey("12/1")].Card
	require.Empty(t, card.Actions)
	require.NotEmpty(t, card.Footer, "it was answered")
	require.Contains(t, words(printer(t, "en"), card), "\nresolved\n")
}

func TestAFailedPageIsToldOnce(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	failed := func() escalation.Change {
		return escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/1", escalation.PageFailed, "user_not_found", s.now)
	}
	// The outbox writes the ledger before it reports: that it failed is known, that people were told is not.
	s.pages[0] = s.pages[0].Reached(escalation.PageFailed, "user_not_found", s.now)
	s.apply(failed())
	require.Equal(t, "escalation.entry.page_failed", lastEntry(s))
	s.now = s.now.Add(time.Minute)
	require.True(t, failed().Empty())
}

func TestAFailureAfterTheAckIsNoNews(t *testing.T) {
	s := threePages(t)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	said := len(s.entries)
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageFailed, "token_revoked", s.now))
	require.Len(t, s.entries, said)
	require.Equal(t, "token_revoked", s.pages[1].Error)
}
