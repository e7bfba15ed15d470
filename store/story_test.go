package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/webhook"
)

// webhookBody is the body of a delivery of one firing alert.
func webhookBody(t testing.TB, group string, n int) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{
		"version": "4", "groupKey": group, "status": "firing", "externalURL": "http://alertmanager:9093",
		"groupLabels": map[string]string{"alertname": "PostgresDown"},
		"alerts": []map[string]any{{
			"status": "firing", "fingerprint": fmt.Sprintf("%016x", n), "startsAt": start,
			"labels":      map[string]string{"alertname": "PostgresDown", "service": "postgres", "severity": "critical", "instance": fmt.Sprint("db-", n)},
			"annotations": map[string]string{"summary": "postgres does not answer"},
		}},
	})
	require.NoError(t, err)
	return data
}

func service(t testing.TB, s *Store) *engine.Service {
	t.Helper()
	directory, err := oncall.NewDirectory([]oncall.Contact{
		{ID: "zhangsan", Role: "系统管理员", Name: "张三", Slack: "U0ZHANGSAN"}, {ID: "lisi", Role: "数据库管理员", Name: "李四", Slack: "U0LISI"},
	})
	require.NoError(t, err)
	policy := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	policy.Channel = "C0INCIDENTS"
	svc, err := engine.New(engine.Config{
		Journal: s, Store: s, Openings: s, Queries: s, Alerts: s, Policy: policy, Directory: directory, Now: time.Now, Log: zap.NewNop(),
	})
	require.NoError(t, err)
	return svc
}

// TestWebhookToPageToAck is the way of an alert through the real store.
func TestWebhookToPageToAck(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		svc, o := service(t, s), s.Outbox()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { svc.Run(ctx) })
		defer wg.Wait()
		defer cancel()

		require.NoError(t, svc.Receive(ctx, webhookBody(t, "g", 1)))
		<-o.Changed()
		require.Equal(t, []string{"incident/1/page/1", "incident/1/header"}, dueKeys(t, o, time.Now()))
		rows, _, err := o.Due(ctx, time.Now(), 10)
		require.NoError(t, err)
		require.NoError(t, o.Begin(ctx, rows[1].ID, 1, time.Now()))
		require.NoError(t, o.Done(ctx, rows[1].ID, 1, "C0INCIDENTS", "1.1", time.Now()))
		require.Equal(t, []string{"incident/1/page/1", "incident/1/entry/3"}, dueKeys(t, o, time.Now()), "the thread mentions who was paged")

		_, err = svc.Act(ctx, 1, escalation.Action{Kind: escalation.Ack, Actor: "U0LISI"})
		require.NoError(t, err)
		require.Equal(t, []string{"incident/1/entry/3", "incident/1/header", "incident/1/entry/4"}, dueKeys(t, o, time.Now()),
			"the queued page is not needed any more, the header is to be edited")
		pages, err := s.Pages(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, incident.PageCancelled, pages[0].State)
		pending, err := s.Pending(ctx, 1)
		require.NoError(t, err)
		require.Empty(t, pending)
	})
}

// An incident may last longer than messages are kept: whoever was paged weeks ago is not paged again by the answer to it.
func TestAnAnswerSendsNoPageWhoseMessageWasForgotten(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, svc, o := t.Context(), service(t, s), s.Outbox()
		n, err := webhook.Decode(webhookBody(t, "g", 1), time.Now())
		require.NoError(t, err)
		require.NoError(t, svc.Observe(ctx, n))
		for len(dueKeys(t, o, time.Now())) > 0 {
			rows, _, err := o.Due(ctx, time.Now(), 10)
			require.NoError(t, err)
			for _, row := range rows {
				require.NoError(t, o.Done(ctx, row.ID, row.Version, "C1", fmt.Sprintf("1.%06d", row.ID), time.Now()))
			}
		}
		require.NoError(t, svc.PageOutcome(ctx, "1/1", incident.PageDelivered, ""))
		_, err = s.Prune(ctx, time.Now().Add(time.Hour))
		require.NoError(t, err)

		_, err = svc.Act(ctx, 1, escalation.Action{Kind: escalation.Ack, Actor: "U0LISI"})
		require.NoError(t, err)
		require.NotContains(t, dueKeys(t, o, time.Now()), incident.PageKey("1/1"))
		require.Contains(t, dueKeys(t, o, time.Now()), incident.HeaderKey(1))
	})
}

// BenchmarkStorm measures deliveries of 16 senders, each alert its own group, until all of them have their incident.
func BenchmarkStorm(b *testing.B) {
	for name, group := range map[string]func(int) string{
		"one group":   func(int) string { return "g" },
		"many groups": func(i int) string { return fmt.Sprint("g", i) },
	} {
		b.Run(name, func(b *testing.B) { onEachServer(b, func(b *testing.B, s *Store) { storm(b, s, group) }) })
	}
}

func storm(b *testing.B, s *Store, group func(int) string) {
	svc := service(b, s)
	ctx, cancel := context.WithCancel(b.Context())
	var loop sync.WaitGroup
	loop.Go(func() { svc.Run(ctx) })
	defer loop.Wait()
	defer cancel()
	bodies := make(chan []byte, b.N)
	for i := range b.N {
		bodies <- webhookBody(b, group(i), i)
	}
	close(bodies)
	b.ResetTimer()
	var senders sync.WaitGroup
	for range 16 {
		senders.Go(func() {
			for body := range bodies {
				if err := svc.Receive(ctx, body); err != nil {
					b.Error(err)
				}
			}
		})
	}
	senders.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acknowledged/s")
	for range time.Tick(time.Millisecond) {
		stats, err := s.Stats(ctx)
		require.NoError(b, err)
		if stats.JournalPending == 0 {
			break
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "processed/s")
}
