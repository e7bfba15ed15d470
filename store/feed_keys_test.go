package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
)

func TestAPersonHasOneFeedKey(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, at := t.Context(), start.Add(time.Nanosecond)
		first, token := oncall.NewFeedKey("U1", at)
		second, _ := oncall.NewFeedKey("U1", at)
		other, _ := oncall.NewFeedKey("U2", at)
		for _, k := range []oncall.FeedKey{first, other, second} {
			require.NoError(t, s.KeepFeedKey(ctx, k, audit.Event{Action: "issued", Details: map[string]string{"feed": k.ID}}))
		}
		_, err := s.FeedKey(ctx, first.ID)
		require.ErrorIs(t, err, incident.ErrNotFound, "the second one is in its place")
		for _, k := range []oncall.FeedKey{second, other} {
			found, err := s.FeedKey(ctx, k.ID)
			require.NoError(t, err)
			require.Equal(t, k, found)
			found, err = s.FeedKeyOf(ctx, k.User)
			require.NoError(t, err)
			require.Equal(t, k, found)
		}
		require.NoError(t, s.DropFeedKey(ctx, second.ID, audit.Event{Action: "revoked"}))
		require.ErrorIs(t, s.DropFeedKey(ctx, second.ID, audit.Event{Action: "revoked"}), incident.ErrNotFound)
		_, err = s.FeedKeyOf(ctx, "U1")
		require.ErrorIs(t, err, incident.ErrNotFound)

		rows, err := s.AuditRows(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 4, "what did not happen is not told")
		require.Contains(t, string(rows[0].Event), first.ID)
		for _, row := range rows {
			require.NotContains(t, string(row.Event), token)
		}
	})
}
