package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// pagesFor stores an incident with pages over the channels.
func pagesFor(t *testing.T, s *Store, vias ...oncall.Via) incident.Incident {
	t.Helper()
	inc := incident.Incident{Number: 1, GroupKey: "g", Status: incident.Open}
	var pages []incident.Page
	for i, via := range vias {
		pages = append(pages, incident.Page{
			ID: incident.PageID(1, int64(i+1)), Incident: 1, Via: via, Address: "to " + string(via), State: incident.PageIntended, IntendedAt: start,
		})
	}
	require.NoError(t, s.Apply(t.Context(), escalation.Change{Incident: inc, Pages: pages}))
	inc.Version = 1
	return inc
}

func dueIDs(t *testing.T, s *Store, via oncall.Via, now time.Time) (ids []string) {
	t.Helper()
	due, _, err := s.DuePages(t.Context(), via, now, 10)
	require.NoError(t, err)
	for _, p := range due {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestAWorkerGetsThePagesOfItsChannel(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		pagesFor(t, s, oncall.ViaSlack, oncall.ViaEmail, oncall.ViaSMS, oncall.ViaEmail)
		require.Equal(t, []string{"1/2", "1/4"}, dueIDs(t, s, oncall.ViaEmail, start))
		require.Equal(t, []string{"1/3"}, dueIDs(t, s, oncall.ViaSMS, start))
		require.Empty(t, dueIDs(t, s, oncall.ViaVoice, start))
		require.Empty(t, dueIDs(t, s, oncall.ViaSlack, start), "the outbox has it")
		to, err := s.PagesTo(t.Context(), "to email", 10)
		require.NoError(t, err)
		require.Len(t, to, 2)
		require.Equal(t, "1/4", to[0].ID, "the newest first")
	})
}

func TestAPageIsClaimedOnce(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		pagesFor(t, s, oncall.ViaEmail)
		claim, ok, err := s.ClaimPage(ctx, "1/1", start, start.Add(time.Minute))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, 1, claim.Attempts)
		require.False(t, claim.Unsure)
		require.Equal(t, incident.PageAttempted, onlyPage(t, s).State, "durably, before it is sent")
		require.Equal(t, start, onlyPage(t, s).AttemptedAt)

		_, ok, err = s.ClaimPage(ctx, "1/1", start.Add(time.Second), start.Add(2*time.Minute))
		require.NoError(t, err)
		require.False(t, ok, "another has it")
		_, next, err := s.DuePages(ctx, oncall.ViaEmail, start.Add(time.Second), 10)
		require.NoError(t, err)
		require.Equal(t, start.Add(time.Minute), next)
		claim, ok, err = s.ClaimPage(ctx, "1/1", start.Add(time.Minute), start.Add(2*time.Minute))
		require.NoError(t, err)
		require.True(t, ok, "the other is dead")
		require.True(t, claim.Unsure)
		require.Equal(t, 2, claim.Attempts)
		require.Equal(t, start, claim.Page.AttemptedAt)

		require.NoError(t, s.PostponePage(ctx, "1/1", start.Add(time.Hour), false, "451 later"))
		require.Equal(t, "451 later", onlyPage(t, s).Error)
		require.Empty(t, dueIDs(t, s, oncall.ViaEmail, start.Add(time.Hour-time.Nanosecond)))
		claim, ok, err = s.ClaimPage(ctx, "1/1", start.Add(time.Hour), start.Add(2*time.Hour))
		require.NoError(t, err)
		require.True(t, ok)
		require.False(t, claim.Unsure)
	})
}

func TestACancelledPageIsNotGivenOut(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		inc := pagesFor(t, s, oncall.ViaEmail)
		_, ok, err := s.ClaimPage(ctx, "1/1", start, start.Add(time.Minute))
		require.NoError(t, err)
		require.True(t, ok)
		// Somebody answers on the state of before the claim.
		p := onlyPage(t, s)
		p.State, p.AttemptedAt, p.AckedAt = incident.PageCancelled, time.Time{}, start
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Pages: []incident.Page{p}}))
		require.Equal(t, start, onlyPage(t, s).AttemptedAt, "that it was tried is not forgotten")
		require.Empty(t, dueIDs(t, s, oncall.ViaEmail, start.Add(time.Hour)))
		require.NoError(t, s.PostponePage(ctx, "1/1", start.Add(time.Minute), true, "451 later"))
		_, ok, err = s.ClaimPage(ctx, "1/1", start.Add(time.Hour), start.Add(2*time.Hour))
		require.NoError(t, err)
		require.False(t, ok)
	})
}
