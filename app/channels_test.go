package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
	"opsbot/store"
)

// knowsOfSharing waits until opsbot has heard what Slack tells it of a channel.
func knowsOfSharing(t *testing.T, a *App, channel string, want bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		shared, err := a.channels.IsShared(t.Context(), channel)
		return err == nil && shared == want
	}, 20*time.Second, 10*time.Millisecond)
}

// everybodys is what all members of a channel read.
func everybodys(slack *slacksim.Workspace, channel string) string {
	var all strings.Builder
	for _, m := range slack.Messages(channel) {
		if m.Ephemeral == "" {
			all.WriteString(m.Text() + "\n")
			for _, reply := range slack.Thread(channel, m.TS) {
				all.WriteString(reply.Text() + "\n")
			}
		}
	}
	return all.String()
}

// Another organisation joins the incident channel: the system administrator has the incident directly, and is paged because of the channel.
func TestASharedIncidentChannelIsAnIncident(t *testing.T) {
	t.Parallel()
	onFailingSlack(t, func(t *testing.T, f failing, zh bool) {
		f.slack.ShareChannel(incidents, "T0OTHER")
		knowsOfSharing(t, f.App, f.channel, true)
		f.fires("postgres")
		f.shown(slacksim.In("@system"), slacksim.Root(), slacksim.Containing("postgres is down"), slacksim.Containing(says(zh, "Other organisations read that channel", "与其他组织共享")))
		f.shown(slacksim.In("@dba"), slacksim.Containing("postgres is down"))
		f.shown(slacksim.In("@system"), slacksim.Containing(says(zh, "other organisations read the channel", "频道与其他组织共享")))
		require.Empty(t, everybodys(f.slack, incidents))

		f.slack.UnshareChannel(incidents, "T0OTHER")
		knowsOfSharing(t, f.App, f.channel, false)
		f.calms(2)
		f.fires("redis")
		f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("redis is down"))
		f.noMoreIncidentsThan(3)
	})
}

// Commands, mentions and their answers in a channel that another organisation reads.
func TestASharedChannelReadsNoAnswers(t *testing.T) {
	slack := apptest.Workspace(t)
	slack.ShareChannel("#ops", "T0OTHER")
	a := startApp(t, apptest.Config(t, slack))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	dba := slack.User("dba")
	require.NoError(t, dba.Command("#ops", "/incident list"))
	_, err := slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("Other organisations read that channel"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("#ops"), slacksim.Containing("Only you get the answer"))
	require.NoError(t, err)
	require.Empty(t, everybodys(slack, "#ops"))
}

// One person types very much very fast: the record has a row and a count, and others are served.
func TestAFloodOfCommandsOnTheRunningProduct(t *testing.T) {
	slack := apptest.Workspace(t)
	a := startApp(t, apptest.Config(t, slack))
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	outsider := slack.User("outsider")
	var all sync.WaitGroup
	for i := range 150 {
		all.Go(func() {
			if err := outsider.Command("#ops", fmt.Sprintf("/scale user %d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.NoError(t, slack.User("dba").Command("#ops", "/incident list"))
	_, err := slack.WaitMessage(ctx, slacksim.In("#ops"), slacksim.Containing("/incident list"), slacksim.Where(func(m slacksim.Message) bool { return m.Ephemeral == "" }))
	require.NoError(t, err, "others are served")
	require.Eventually(t, func() bool {
		_, again := refusedRows(t, a)
		return a.audited.Counted(outsider.ID())+countOf(t, again) == 149
	}, 20*time.Second, 50*time.Millisecond)
	refused, _ := refusedRows(t, a)
	require.Len(t, refused, 1)
	config := a.config
	require.NoError(t, a.Stop(ctx))

	a = startApp(t, config)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	refused, again := refusedRows(t, a)
	require.Len(t, refused, 1)
	require.LessOrEqual(t, len(again), 3, "a row every ten seconds at most")
	require.Equal(t, 149, countOf(t, again), "a stop writes the count")
}

// countOf is how many refusals rows count.
func countOf(t *testing.T, again []audit.Event) (n int) {
	t.Helper()
	for _, e := range again {
		count, err := strconv.Atoi(e.Details["count"])
		require.NoError(t, err)
		n += count
	}
	return n
}

// refusedRows are the rows of refused commands, and those that count them.
func refusedRows(t *testing.T, a *App) (refused, again []audit.Event) {
	t.Helper()
	return refusedRowsIn(t, a.store)
}

func refusedRowsIn(t *testing.T, s *store.Store) (refused, again []audit.Event) {
	t.Helper()
	rows, err := s.AuditRows(t.Context(), 0, 1000)
	require.NoError(t, err)
	for _, row := range rows {
		var e audit.Event
		require.NoError(t, json.Unmarshal(row.Event, &e))
		switch e.Action {
		case "refused":
			refused = append(refused, e)
		case audit.RefusedAgain:
			again = append(again, e)
		}
	}
	return refused, again
}
