package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

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

// manager is a real Alertmanager, which tries again on its own what opsbot does not take.
type manager struct {
	process *lab.Process
	url     string
}

// startManager starts an Alertmanager that delivers to the address, and waits until it is ready.
func startManager(ctx context.Context, program, dir, deliverTo, token string) (*manager, error) {
	address, err := lab.FreeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "alertmanager.yml")
	text := fmt.Sprintf(managerFile, "http://"+deliverTo+"/webhooks/alertmanager", token)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p, err := lab.StartProcess(filepath.Join(dir, "alertmanager.log"), nil, program, "--config.file="+config,
		"--storage.path="+filepath.Join(dir, "alertmanager"), "--web.listen-address="+address, "--cluster.listen-address=")
	if err != nil {
		return nil, err
	}
	m := &manager{process: p, url: "http://" + address}
	return m, lab.Poll(ctx, 20*time.Second, "Alertmanager answers", func() bool { return answers(ctx, m.url+"/-/ready") })
}

// put tells Alertmanager that an alert fires, or that it has ended.
func (m *manager) put(ctx context.Context, a alert, firing bool) error {
	now := time.Now()
	body := map[string]any{
		"labels": a.labels(), "startsAt": a.began, "endsAt": now.Add(2 * time.Hour),
		"annotations": map[string]string{"summary": a.summary()},
	}
	if !firing {
		body["endsAt"] = now
	}
	data, err := json.Marshal([]any{body})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/api/v2/alerts", bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("tell Alertmanager of %s: %w", a.name, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("tell Alertmanager of %s: %s", a.name, resp.Status)
	}
	return nil
}

// answers reports whether a GET of the URL is answered with 200.
func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
