package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
)

// accounted is an audit event that tells the override's number.
func accounted(action string) func(oncall.Override) audit.Event {
	return func(o oncall.Override) audit.Event {
		return audit.Event{At: start, Action: action, Actor: o.By, Details: map[string]string{"user": o.User}}
	}
}

func TestOverrides(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		o := oncall.Override{Role: oncall.DBA, User: "U1", By: "U2", From: start, Until: start.Add(time.Hour), MadeAt: start}
		first, err := s.AddOverride(ctx, o, accounted("made"))
		require.NoError(t, err)
		require.EqualValues(t, 1, first.Number)
		o.Until = start.Add(2 * time.Hour)
		second, err := s.AddOverride(ctx, o, accounted("made"))
		require.NoError(t, err)
		require.EqualValues(t, 2, second.Number)

		standing, err := s.Overrides(ctx, start)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]oncall.Override{first, second}, standing))
		standing, err = s.Overrides(ctx, start.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]oncall.Override{second}, standing), "the first is over")

		_, err = s.CancelOverride(ctx, 1, "U3", start.Add(time.Hour), accounted("cancelled"))
		require.ErrorIs(t, err, incident.ErrNotFound, "over")
		cancelled, err := s.CancelOverride(ctx, 2, "U3", start.Add(time.Minute), accounted("cancelled"))
		require.NoError(t, err)
		require.Equal(t, "U3", cancelled.CancelledBy)
		_, err = s.CancelOverride(ctx, 2, "U3", start.Add(time.Minute), accounted("cancelled"))
		require.ErrorIs(t, err, incident.ErrNotFound, "cancelled already")
		standing, err = s.Overrides(ctx, start)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]oncall.Override{first}, standing))

		third, err := s.AddOverride(ctx, o, accounted("made"))
		require.NoError(t, err)
		require.EqualValues(t, 3, third.Number, "no number is given out twice")
		rows, err := s.AuditRows(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 4, "what was refused left no trace: nothing was changed")
	})
}

func TestOverridesOutliveARestart(t *testing.T) {
	path := t.TempDir() + "/opsbot.db"
	s, err := openAt(t, path)
	require.NoError(t, err)
	made, err := s.AddOverride(t.Context(), oncall.Override{Role: oncall.DBA, User: "U1", From: start, Until: start.Add(time.Hour)}, accounted("made"))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	s, err = openAt(t, path)
	require.NoError(t, err)
	standing, err := s.Overrides(t.Context(), start)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]oncall.Override{made}, standing))
}
