package figures

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// startOpsbot starts `opsbot serve` with an empty database on the disk and waits for its Slack connection. Without a
// kubeconfig it has a cluster that nobody listens for: taking in alerts needs none.
func startOpsbot(ctx context.Context, s *Suite, limit slacksim.RateLimit, kubeconfig string) (_ *contender, err error) {
	return startOpsbotWith(ctx, s, limit, kubeconfig, func(context.Context, *contender) error { return nil })
}

// startOpsbotWith lets fill write into the database first.
func startOpsbotWith(
	ctx context.Context, s *Suite, limit slacksim.RateLimit, kubeconfig string, fill func(ctx context.Context, c *contender) error,
) (_ *contender, err error) {
	c := &contender{path: "/webhooks/alertmanager", token: rand.Text(), encode: webhookMessage, client: newClient()}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	dir, err := s.newDir("opsbot")
	if err != nil {
		return nil, err
	}
	if c.slack, err = startSlack(s, limit); err != nil {
		return nil, err
	}
	c.Add("Slack workspace", c.slack.Close)
	c.data = dir
	config, err := configureOpsbot(c, s, dir, kubeconfig)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, c); err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "opsbot.log")
	if c.process, err = lab.StartProcess(log, nil, s.Opsbot, "serve", "--config", config); err != nil {
		return nil, err
	}
	c.Add("opsbot", c.process.Stop)
	if err := c.process.AwaitReady(ctx, c.url+"/readyz"); err != nil {
		return nil, err
	}
	return c, c.slack.WaitConnected(ctx, 1)
}

// configureOpsbot writes the configuration and chooses the address.
func configureOpsbot(c *contender, s *Suite, dir, kubeconfig string) (string, error) {
	address, err := lab.FreeAddress()
	if err != nil {
		return "", err
	}
	c.url = "http://" + address
	if kubeconfig == "" {
		kubeconfig = filepath.Join(dir, "kubeconfig")
		if err := os.WriteFile(kubeconfig, []byte(nowhere), 0o600); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, "opsbot.yaml")
	return file, lab.Config{
		Slack: c.slack, Cluster: "bench", Kubeconfig: kubeconfig, Listen: address, Token: c.token, Storage: c.database(),
		Backup: filepath.Join(dir, "backups"), Contacts: s.Contacts(), More: "alertmanager: {url: \"\"}\n",
	}.Write(file)
}

// nowhere is a kubeconfig whose cluster is not there.
const nowhere = `apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
`

// webhookMessage is what Alertmanager sends for a group of one alert, webhook version 4.
func webhookMessage(a alert) any {
	labels := a.labels()
	group := map[string]string{"group": a.group}
	return map[string]any{
		"version": "4", "groupKey": fmt.Sprintf("{}:{group=%q}", a.group), "truncatedAlerts": 0, "status": "firing", "receiver": "opsbot",
		"groupLabels": group, "commonLabels": labels, "commonAnnotations": a.annotations(), "externalURL": "http://127.0.0.1:9093",
		"alerts": []any{map[string]any{
			"status": "firing", "labels": labels, "annotations": a.annotations(), "startsAt": a.started, "endsAt": time.Time{},
			"generatorURL": "http://127.0.0.1:9090/graph", "fingerprint": a.fingerprint(),
		}},
	}
}
