package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

// threePages is an incident with a page of each kind that nobody has received yet.
func threePages(t *testing.T) *fixture.Story {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Pass(10 * time.Minute)
	require.Len(t, s.Pages, 3)
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/1", incident.PageFailed, "token_revoked", s.Now))
	s.Pages[1] = s.Pages[1].Attempted(s.Now)
	clear(s.Sent)
	return s
}

func requireNoneLeft(t *testing.T, s *fixture.Story) {
	t.Helper()
	for _, p := range s.Pages[:3] {
		require.Contains(t, s.Cancelled, incident.PageKey(p.ID), p.State)
		require.NotContains(t, s.Sent, incident.PageKey(p.ID), "a new card would send it")
	}
}

func TestPagesWithoutAReceiptAreTakenBack(t *testing.T) {
	for name, over := range map[string]func(*fixture.Story){
		"ack":     func(s *fixture.Story) { s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi}) },
		"resolve": func(s *fixture.Story) { s.Observe(fixture.Resolved(fixture.Alert(1), s.Now)) },
		"resolve and quiet period": func(s *fixture.Story) {
			s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
			s.Pass(time.Hour)
			require.Equal(t, incident.Resolved, s.Inc.Status)
		},
		"resolved by hand": func(s *fixture.Story) { s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi}) },
	} {
		t.Run(name, func(t *testing.T) {
			s := threePages(t)
			over(s)
			requireNoneLeft(t, s)
			require.Equal(t, incident.PageFailed, s.Pages[0].State)
			require.Equal(t, incident.PageCancelled, s.Pages[1].State)
			require.Equal(t, incident.PageCancelled, s.Pages[2].State)
		})
	}
}

func TestAPageThatArrivesAfterTheAckSaysSo(t *testing.T) {
	s := threePages(t)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/2", incident.PageDelivered, "", s.Now))
	require.Equal(t, incident.PageAcked, s.Pages[1].State)
	require.Empty(t, s.Sent[incident.PageKey("12/2")].Card.Actions)
	require.NotEmpty(t, s.Sent[incident.PageKey("12/2")].Card.Footer)
}

// The incident was over, and nobody had acknowledged it, before anybody knew that the page had arrived.
func TestAPageThatArrivesAfterTheEndSaysSo(t *testing.T) {
	s := threePages(t)
	s.Observe(fixture.Resolved(fixture.Alert(1), s.Now))
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/2", incident.PageDelivered, "", s.Now))
	require.Equal(t, incident.PageDelivered, s.Pages[1].State)
	require.Contains(t, s.Sent, incident.PageKey("12/2"))
	require.Empty(t, s.Sent[incident.PageKey("12/2")].Card.Actions)
}

func TestADeliveredPageShowsTheEnd(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Deliver()
	s.Now = s.Now.Add(time.Minute)
	s.Take(fixture.Delivery(s.Now, fixture.Resolved(fixture.Alert(1), s.Now)))
	s.Must(escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
	card := s.Sent[incident.PageKey("12/1")].Card
	require.Empty(t, card.Actions)
	require.NotEmpty(t, card.Footer, "it was answered")
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), card), "\nresolved\n")
}

func TestAFailedPageIsToldOnce(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	failed := func() escalation.Change {
		return escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/1", incident.PageFailed, "user_not_found", s.Now)
	}
	// The outbox writes the ledger before it reports: that it failed is known, that people were told is not.
	s.Pages[0] = s.Pages[0].WithOutcome(incident.PageFailed, "user_not_found", s.Now)
	s.Apply(failed())
	require.Equal(t, "escalation.entry.page_failed", lastEntry(s))
	s.Now = s.Now.Add(time.Minute)
	require.True(t, failed().Empty())
}

func TestAFailureAfterTheAckIsNoNews(t *testing.T) {
	s := threePages(t)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	said := len(s.Entries)
	s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, "12/2", incident.PageFailed, "token_revoked", s.Now))
	require.Len(t, s.Entries, said)
	require.Equal(t, "token_revoked", s.Pages[1].Error)
}
