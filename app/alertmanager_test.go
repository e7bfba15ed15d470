package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/app/reports"
	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/reconcile"
	"opsbot/handlers/operations"
	"opsbot/internal/alertmanager"
	"opsbot/internal/apptest"
	"opsbot/monitoring"
	"opsbot/slacksim"
)

// lab is opsbot with a real Alertmanager, or several.
type lab struct {
	*testing.T
	ctx   context.Context
	slack *slacksim.Workspace
	gate  *apptest.Gate
	app   *App
	looks atomic.Int32
}

// counted counts the looks of the reconciler.
type counted struct {
	reconcile.Alertmanager
	looks *atomic.Int32
}

func (c counted) Look(ctx context.Context) (reconcile.Upstream, error) {
	up, err := c.Alertmanager.Look(ctx)
	if err == nil {
		c.looks.Add(1)
	}
	return up, err
}

// newLab starts opsbot, which looks at the Alertmanagers at urls three times a second.
func newLab(t *testing.T, edit func(*configs.Config), settle time.Duration, g *apptest.Gate, urls ...string) *lab {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	l := &lab{T: t, ctx: ctx, slack: apptest.Workspace(t), gate: g}
	c := apptest.Config(t, l.slack)
	edit(&c)
	a, err := New(ctx, c, zaptest.NewLogger(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Stop(context.Background())) })
	cluster, err := monitoring.NewCluster(monitoring.ClusterConfig{URLs: urls, Receiver: "opsbot", Settle: settle, Now: time.Now, Log: zaptest.NewLogger(t)})
	require.NoError(t, err)
	a.reconciler = &reconcile.Reconciler{
		Service: a.service, Alertmanager: counted{alertmanagerSource{cluster}, &l.looks}, Every: 300 * time.Millisecond, Repaired: a.metrics.repaired,
	}
	require.NoError(t, a.Start(ctx))
	g.Lead(a.Address())
	l.app = a
	return l
}

func asIs(*configs.Config) {}

// down is an alert as Prometheus posts it, of a service that is down since a minute.
func down(service string, end time.Time) alertmanager.Alert {
	return alertmanager.Alert{
		Labels:      map[string]string{"alertname": "ServiceDown", "service": service, "severity": "critical"},
		Annotations: map[string]string{"summary": service + " is down"}, StartsAt: time.Now().Add(-time.Minute), EndsAt: end,
	}
}

func later() time.Time { return time.Now().Add(5 * time.Minute) }

func (l *lab) fire(am *alertmanager.Process, alerts ...alertmanager.Alert) {
	l.Helper()
	require.NoError(l, am.Post(l.ctx, alerts...))
}

func (l *lab) header(service string) slacksim.Message {
	l.Helper()
	m, err := l.slack.WaitMessage(l.ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing(service+" is down"))
	require.NoError(l, err)
	return m
}

// ended waits until the incident is quiet.
func (l *lab) ended(header slacksim.Message) {
	l.Helper()
	_, err := l.slack.WaitMessage(l.ctx, slacksim.In(incidents), slacksim.Where(func(m slacksim.Message) bool {
		return m.TS == header.TS && hasButton(m, "reopen")
	}))
	require.NoError(l, err)
}

func (l *lab) await(what string, isSo func() bool) {
	l.Helper()
	require.Eventually(l, isSo, 20*time.Second, 20*time.Millisecond, what)
}

// look waits until the reconciler has looked so many times more.
func (l *lab) look(times int32) {
	l.Helper()
	want := l.looks.Load() + times
	l.await("looks at Alertmanager", func() bool { return l.looks.Load() >= want })
}

// incident is the only one of a service, open or not.
func (l *lab) incident(service string) incident.Incident {
	l.Helper()
	all, err := l.app.store.Incidents(l.ctx, false, 100)
	require.NoError(l, err)
	var found []incident.Incident
	for _, inc := range all {
		if inc.Labels["service"] == service {
			found = append(found, inc)
		}
	}
	require.Len(l, found, 1, "incidents of %s", service)
	return found[0]
}

func (l *lab) metric(line string) {
	l.Helper()
	resp, err := http.Get("http://" + l.app.Address() + "/metrics") //nolint:noctx // the server is ours
	require.NoError(l, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(l, err)
	require.Contains(l, string(body), line)
}

func (l *lab) timeline(number int64) string {
	l.Helper()
	card, err := reports.Writer{Store: l.app.store, Texts: l.app.texts, Directory: l.app.roster.Table, People: l.app.people}.Timeline(l.ctx, number, "en", operations.FormatMarkdown)
	require.NoError(l, err)
	return string(card.Files[0].Content)
}

// Every webhook is refused, so that only Alertmanager's API knows of the alert. When the webhook comes after all, it is old news.
func TestAlertWhoseWebhookIsLost(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, time.Hour, g, am.URL)
	g.State.Store(apptest.GateBroken)
	l.fire(am, down("postgres", later()))
	l.header("postgres")
	_, err := l.slack.WaitMessage(l.ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.NotZero(t, g.Refused.Load())
	require.Zero(t, g.Passed.Load())

	g.State.Store(apptest.GateOpen)
	l.await("the webhook", func() bool { return g.Passed.Load() > 0 })
	l.look(3)
	require.NoError(t, l.slack.WaitIdle(l.ctx, 2*time.Second))
	require.Len(t, l.slack.DMs("dba"), 1, "one page")
	require.Contains(t, l.timeline(l.incident("postgres").Number), "told by Alertmanager's API, its webhook did not come")
	l.metric(`opsbot_reconciled_alerts_total{change="fired"} 1`)
	l.metric(`opsbot_reconciled_alerts_total{change="ended"} 0`)
}

func TestEndWhoseWebhookIsLost(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, time.Millisecond, g, am.URL)
	l.fire(am, down("postgres", later()))
	header := l.header("postgres")
	l.look(3)
	require.Equal(t, incident.Open, l.incident("postgres").Status)
	g.State.Store(apptest.GateSwallows)
	l.fire(am, down("postgres", time.Now()))
	l.ended(header)
	l.metric(`opsbot_reconciled_alerts_total{change="ended"} 1`)
	l.metric(`opsbot_reconciled_alerts_total{change="fired"} 0`)
}

func TestSilencedAlertIsLeftAlone(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, time.Millisecond, g, am.URL)
	l.fire(am, down("postgres", later()))
	l.header("postgres")
	silence(t, am, "postgres|redis")
	l.fire(am, down("redis", later()), down("nginx", later()))
	l.header("nginx")
	l.look(6)
	require.Equal(t, incident.Open, l.incident("postgres").Status, "silenced while it fires: it has not ended")
	all, err := l.app.store.Incidents(l.ctx, false, 10)
	require.NoError(t, err)
	require.Len(t, all, 2, "silenced before: nobody is to be told")
}

func silence(t *testing.T, am *alertmanager.Process, service string) {
	t.Helper()
	body := fmt.Sprintf(`{"matchers":[{"name":"service","value":%q,"isRegex":true,"isEqual":true}],"startsAt":%q,"endsAt":%q,"createdBy":"test","comment":"test"}`,
		service, time.Now().Format(time.RFC3339Nano), later().Format(time.RFC3339Nano))
	resp, err := http.Post(am.URL+"/api/v2/silences", "application/json", bytes.NewReader([]byte(body))) //nolint:noctx // the server is ours
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// Alertmanager keeps no alerts: after a restart it knows none until Prometheus sends them again.
func TestRestartOfAlertmanagerEndsNothing(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, 20*time.Second, g, am.URL)
	l.fire(am, down("postgres", later()))
	l.header("postgres")
	require.NoError(t, am.Close())
	am = apptest.StartAlertmanager(t, g, strings.TrimPrefix(am.URL, "http://"))
	l.look(6)
	require.Equal(t, incident.Open, l.incident("postgres").Status)
	passed := g.Passed.Load()
	l.fire(am, down("postgres", later()))
	l.await("the webhook of an Alertmanager that has forgotten that it sent it", func() bool { return g.Passed.Load() > passed })
	l.look(3)
	require.NoError(t, l.slack.WaitIdle(l.ctx, 2*time.Second))
	require.Equal(t, incident.Open, l.incident("postgres").Status)
	require.Len(t, l.slack.DMs("dba"), 1, "one page")
	l.metric(`opsbot_reconciled_alerts_total{change="ended"} 0`)
}

// group_by is changed while an alert fires. Alertmanager remembers what it sent to which group, and sends it anew to the other.
func TestChangeOfGroupByOpensNothingTwice(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, time.Hour, g, am.URL)
	l.fire(am, down("postgres", later()))
	header := l.header("postgres")
	require.NoError(t, am.Close())
	config := strings.Replace(fmt.Sprintf(apptest.QuickAlertmanager, g.URL), "[alertname, service]", "[severity]", 1)
	am, err := alertmanager.Start(t.Context(), t.TempDir(), strings.TrimPrefix(am.URL, "http://"), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, am.Close()) })
	passed := g.Passed.Load()
	l.fire(am, down("postgres", later()))
	l.await("the webhook of the other group", func() bool { return g.Passed.Load() > passed })
	l.look(3)
	require.NoError(t, l.slack.WaitIdle(l.ctx, 2*time.Second))
	require.Len(t, l.slack.DMs("dba"), 1, "one page")
	all, err := l.app.store.Incidents(l.ctx, false, 10)
	require.NoError(t, err)
	require.Len(t, all, 1)
	l.fire(am, down("postgres", time.Now()))
	l.ended(header)
}

// Two members that do not hear of each other each send everything. One of them loses its memory.
func TestTwoAlertmanagersAreOne(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	first, second := apptest.StartAlertmanager(t, g, ""), apptest.StartAlertmanager(t, g, "")
	l := newLab(t, asIs, time.Millisecond, g, first.URL, second.URL)
	for _, am := range []*alertmanager.Process{first, second} {
		l.fire(am, down("postgres", later()))
	}
	header := l.header("postgres")
	l.await("a webhook of each", func() bool { return g.Passed.Load() >= 2 })
	require.NoError(t, second.Close())
	apptest.StartAlertmanager(t, g, strings.TrimPrefix(second.URL, "http://"))
	l.look(6)
	require.Equal(t, incident.Open, l.incident("postgres").Status, "the other still holds it")
	require.NoError(t, l.slack.WaitIdle(l.ctx, 2*time.Second))
	require.Len(t, l.slack.DMs("dba"), 1, "one page")
	g.State.Store(apptest.GateSwallows)
	l.fire(first, down("postgres", time.Now()))
	l.ended(header)
}

func TestWatchdogOfARealAlertmanager(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	l := newLab(t, func(c *configs.Config) { c.Alertmanager.Watchdog.Silence = 2 * time.Second }, time.Millisecond, g, am.URL)
	l.fire(am, alertmanager.Alert{Labels: map[string]string{"alertname": "Watchdog"}, StartsAt: time.Now(), EndsAt: later()})
	l.await("it is repeated", func() bool { return g.Passed.Load() >= 12 })
	all, err := l.app.store.Incidents(l.ctx, false, 10)
	require.NoError(t, err)
	require.Empty(t, all)
	l.metric("opsbot_watchdog_heard_timestamp_seconds 1.")
	g.State.Store(apptest.GateSwallows)
	header, err := l.slack.WaitMessage(l.ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("no heartbeat from Prometheus"))
	require.NoError(t, err)
	_, err = l.slack.WaitMessage(l.ctx, slacksim.In("@system"), slacksim.Containing("WatchdogSilent"))
	require.NoError(t, err)
	l.look(3)
	g.State.Store(apptest.GateOpen)
	l.ended(header)
}
