package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
	"opsbot/runs"
	"opsbot/slacksim"
	"opsbot/store"
)

// What falls due while opsbot is down is made after the next start, once.
func TestAPlanOutlivesARestart(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	a := startApp(t, c)
	plan := runs.Schedule{
		Operation: "oncall", Command: "oncall", User: slack.User("system").ID(), Channel: slack.ChannelID(incidents), Cluster: a.dispatcher.Clusters.Default().Name,
		Namespace: a.dispatcher.Clusters.Default().Namespace, State: runs.Active, Due: time.Now().Add(time.Hour),
	}
	plan.Plan = "later"
	_, err := a.store.AddSchedule(ctx, plan)
	require.NoError(t, err)
	require.NoError(t, a.Stop(ctx))

	plan.Plan, plan.Due = "meanwhile", time.Now().Add(-time.Minute)
	s, err := store.Open(ctx, c.Storage.URL.Reveal(), store.Options{})
	require.NoError(t, err)
	due, err := s.AddSchedule(ctx, plan)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	a = startApp(t, c)
	defer func() { require.NoError(t, a.Stop(context.WithoutCancel(ctx))) }()
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("Plan 2 of"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("s2-1"))
	require.NoError(t, err, "the answer of its call")
	due, err = a.store.Schedule(ctx, due.Number)
	require.NoError(t, err)
	require.Equal(t, runs.Done, due.State)
	left, err := a.store.Schedules(ctx)
	require.NoError(t, err)
	require.Len(t, left, 1, "the one of later is there yet")
}
