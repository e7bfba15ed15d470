package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/runs"
)

func planned(call string, due time.Time) runs.Schedule {
	return runs.Schedule{
		Plan: call, Operation: "scale", Args: map[string]string{"service": "user", "replicas": "6"}, Command: "scale user 6", User: "U1", Channel: "C1",
		State: runs.Active, Due: due, For: time.Hour, CreatedAt: start,
	}
}

func TestSchedules(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		later, err := s.AddSchedule(ctx, planned("call-1", start.Add(2*time.Hour)))
		require.NoError(t, err)
		require.EqualValues(t, 1, later.Number)
		sooner, err := s.AddSchedule(ctx, planned("call-2", start.Add(time.Hour)))
		require.NoError(t, err)
		require.EqualValues(t, 2, sooner.Number)
		again, err := s.AddSchedule(ctx, planned("call-2", start.Add(time.Hour)))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(sooner, again), "a call that is resumed plans nothing twice")

		list, err := s.Schedules(ctx)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]runs.Schedule{sooner, later}, list))
		due, err := s.DueSchedules(ctx, start.Add(time.Hour-time.Nanosecond))
		require.NoError(t, err)
		require.Empty(t, due)
		due, err = s.DueSchedules(ctx, start.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]runs.Schedule{sooner}, due))

		next, err := sooner.AfterCall(start.Add(time.Hour))
		require.NoError(t, err)
		say := messages.Outbound{Key: "schedule/2/said", Channel: "C1", Card: messages.Card{Title: messages.Literal("it runs")}}
		require.NoError(t, s.AdvanceSchedule(ctx, sooner.Due, next, say))
		require.ErrorIs(t, s.AdvanceSchedule(ctx, sooner.Due, next, say), runs.ErrNotFound, "made already")
		stored, err := s.Schedule(ctx, 2)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(next, stored))

		require.NoError(t, s.CancelSchedule(ctx, 2, "U2", start.Add(90*time.Minute)))
		require.ErrorIs(t, s.CancelSchedule(ctx, 2, "U2", start.Add(90*time.Minute)), runs.ErrNotFound)
		require.ErrorIs(t, s.CancelSchedule(ctx, 9, "U2", start), runs.ErrNotFound)
		require.ErrorIs(t, s.AdvanceSchedule(ctx, next.Due, next), runs.ErrNotFound, "cancelled")
		stored, err = s.Schedule(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, "U2", stored.EndedBy)
		require.Equal(t, runs.Cancelled, stored.State)
		_, err = s.Schedule(ctx, 9)
		require.ErrorIs(t, err, runs.ErrNotFound)

		third, err := s.AddSchedule(ctx, planned("call-3", start))
		require.NoError(t, err)
		require.EqualValues(t, 3, third.Number)
	})
}

func TestSchedulesOutliveARestart(t *testing.T) {
	url := fileURL(t)
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	made, err := s.AddSchedule(t.Context(), planned("call-1", start))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	list, err := openURL(t, url).Schedules(t.Context())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]runs.Schedule{made}, list))
}
