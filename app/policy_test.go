package app

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// What can wait opens its thread at once and pages nobody; who takes it all the same can hand it over to somebody who accepts.
func TestWhatCanWaitIsHeldAndHandedOver(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	dayAfterTomorrow := time.Now().UTC().AddDate(0, 0, 2).Weekday().String()
	c.Escalation.Hours = configs.WorkingHours{Days: []string{dayAfterTomorrow}, From: "09:00", To: "18:00", Timezone: "UTC"}
	c.Escalation.Severity.Critical.Page = configs.PageInHours
	a := startApp(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	defer func() { require.NoError(t, a.Stop(ctx)) }()
	see := func(match ...slacksim.Match) slacksim.Message {
		t.Helper()
		m, err := slack.WaitMessage(ctx, match...)
		require.NoError(t, err)
		return m
	}
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	header := see(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("database administrator is paged from"))
	see(slacksim.In(incidents), slacksim.InThread(header.TS), slacksim.Containing("outside working hours"))
	require.Empty(t, slack.DMs("dba"))

	require.NoError(t, slack.User("dba").Click(header, "ack"))
	see(slacksim.In(incidents), slacksim.InThread(header.TS), slacksim.Containing("acknowledged after"))
	require.NoError(t, slack.User("dba").Command(incidents, "/incident handoff @network my train leaves"))
	asked := see(slacksim.In("@network"), slacksim.Containing("should be relieved"))
	see(slacksim.In(incidents), slacksim.InThread(header.TS), slacksim.Containing("my train leaves"))
	require.NoError(t, slack.User("network").Click(asked, "ack"))
	see(slacksim.In(incidents), slacksim.InThread(header.TS), slacksim.Containing("has taken over from"))
	see(slacksim.In("@network"), slacksim.Where(func(m slacksim.Message) bool { return m.TS == asked.TS && !hasButton(m, "ack") }))
	require.Empty(t, slack.DMs("dba"), "only who was asked has been paged")
}

// A severity that nobody knows does not wait for the morning, and says so; one that the configuration knows is what it says.
func TestWordsForSeverities(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	dayAfterTomorrow := time.Now().UTC().AddDate(0, 0, 2).Weekday().String()
	c.Escalation.Hours = configs.WorkingHours{Days: []string{dayAfterTomorrow}, From: "09:00", To: "18:00", Timezone: "UTC"}
	c.Escalation.Severity.Warning.Page = configs.PageInHours
	c.Severities = configs.SeverityWords{Critical: []string{"showstopper"}, Warning: []string{"P1"}}
	require.Empty(t, c.Validate())
	a := startApp(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	defer func() { require.NoError(t, a.Stop(ctx)) }()
	fires := func(service, severity string) (header slacksim.Message) {
		t.Helper()
		body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{service=\"%[1]s\"}","groupLabels":{"service":%[1]q},"status":"firing","alerts":[{"status":"firing",`+
			`"labels":{"alertname":"ServiceDown","service":%[1]q,"severity":%[2]q},"annotations":{"summary":"%[1]s is down"},`+
			`"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"%016[3]x"}]}`, service, severity, fnv1a(service))
		status, err := postWebhook(ctx, a.Address(), body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		header, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing(service+" is down"))
		require.NoError(t, err)
		return header
	}
	require.Contains(t, fires("cart", "P-1").Text(), "is paged from", "the configuration's meaning comes first")
	header := fires("postgres", "melting")
	_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.InThread(header.TS), slacksim.Containing("melting"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.Contains(t, fires("redis", "Showstopper").Text(), "critical")
}

// What fires again in the quiet period goes on in its thread, and calls whoever was called before; a repeat does neither.
func TestWhatFiresAgainGoesOnInItsThread(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	c.Escalation.Respond = 20 * time.Second // new alerts are paged every other second
	a := startApp(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	defer func() { require.NoError(t, a.Stop(ctx)) }()
	tells := func(state, endsAt string) {
		t.Helper()
		status, err := deliverStatus(ctx, a.Address(), "postgres", state, endsAt)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
	}
	shows := func(button string) (header slacksim.Message) {
		t.Helper()
		header, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, button) }))
		require.NoError(t, err)
		return header
	}
	for range 2 {
		tells("firing", "0001-01-01T00:00:00Z")
	}
	header := shows("ack")
	_, err := slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	tells("resolved", "2026-01-02T03:14:05Z")
	require.Equal(t, header.TS, shows("reopen").TS)
	for range 2 {
		tells("firing", "0001-01-01T00:00:00Z")
	}
	require.Equal(t, header.TS, shows("ack").TS)
	_, err = slack.WaitMessage(ctx, slacksim.InThread(header.TS), slacksim.Containing("again"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(slack.DMs("dba")) == 2 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, slack.WaitIdle(ctx, 3*time.Second))
	require.Len(t, slack.DMs("dba"), 2)
	require.Equal(t, 1, mentions(slack.Messages(incidents), "postgres is down"))
}
