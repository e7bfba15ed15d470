package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
)

// managerFile makes Alertmanager wait for nothing that it need not wait for. Only alerts with the label "repeats" are sent
// again and again: of every other one opsbot hears once, and would hear no more if it lost it.
const managerFile = `global: {resolve_timeout: 2h}
route:
  receiver: opsbot
  group_by: [service]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
  routes:
    - matchers: [repeats="yes"]
      repeat_interval: 2s
receivers:
  - name: opsbot
    webhook_configs:
      - url: %q
        send_resolved: true
        http_config: {authorization: {credentials: %q}}
`

// startManager starts a real Alertmanager, which tries again on its own what opsbot does not take, and delivers to the
// address.
func (w *world) startManager(ctx context.Context, deliverTo string) (err error) {
	config := fmt.Sprintf(managerFile, "http://"+deliverTo+"/webhooks/alertmanager", w.token)
	if w.manager, err = lab.StartAlertmanager(ctx, w.suite.manager, w.dir, config); err != nil {
		return err
	}
	w.Add("Alertmanager", func() error { w.manager.Kill(); return nil })
	return nil
}

// put tells Alertmanager that an alert fires, or that it has ended.
func (w *world) put(ctx context.Context, a judge.Alert, firing bool) error {
	now := time.Now()
	message := map[string]any{
		"labels": a.Labels(), "startsAt": a.Began, "endsAt": now.Add(2 * time.Hour),
		"annotations": map[string]string{"summary": a.Summary()},
	}
	if !firing {
		message["endsAt"] = now
	}
	if err := lab.Post(ctx, http.DefaultClient, w.manager.URL+"/api/v2/alerts", "", []any{message}); err != nil {
		return fmt.Errorf("tell Alertmanager of %s: %w", a.Name, err)
	}
	return nil
}
