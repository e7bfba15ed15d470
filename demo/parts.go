package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"opsbot/app"
	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/internal/alertmanager"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

func (d *demo) makeDir(context.Context) error {
	dir, err := os.MkdirTemp("", "opsbot-demo-")
	if err != nil {
		return err
	}
	d.dir = dir
	d.teardown.Add("working directory", func(context.Context) error { return os.RemoveAll(dir) })
	return nil
}

// startMachines starts what needs nothing else, at the same time.
func (d *demo) startMachines(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		d.cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: d.options.Metrics, Log: d.options.Out})
		return err
	})
	group.Go(func() (err error) {
		d.database, err = testcluster.StartPostgres(ctx, "")
		return err
	})
	group.Go(func() (err error) {
		d.cache, err = testcluster.StartRedis(ctx, "")
		return err
	})
	err := group.Wait()
	if d.cluster != nil {
		d.teardown.Add("control plane", func(context.Context) error { return d.cluster.Close() })
	}
	if d.database != nil {
		d.teardown.Add("PostgreSQL", func(context.Context) error { return d.database.Close() })
	}
	if d.cache != nil {
		d.teardown.Add("Redis", func(context.Context) error { return d.cache.Close() })
	}
	return err
}

func (d *demo) startPlatform(ctx context.Context) error {
	if err := d.cluster.ApplyPlatform(ctx, testcluster.PlatformOptions{Database: d.database, Cache: d.cache}); err != nil {
		return err
	}
	if err := d.startIngress(ctx); err != nil {
		return err
	}
	following, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.cluster.RestartWithPod(following, testcluster.PlatformNamespace, d.database) }()
	d.teardown.Add("restarts of PostgreSQL", func(context.Context) error {
		stop()
		return <-ended
	})
	return nil
}

func (d *demo) startSlack(context.Context) error {
	described := configs.Default()
	described.Locale, described.Jobs = d.options.Locale, configs.ExampleJobs()
	manifest, err := generate.Manifest(described)
	if err != nil {
		return err
	}
	users := slacksim.DefaultUsers()
	for i := range users {
		users[i].Locale = d.options.Locale // one language in all that a visitor sees
	}
	d.slack, err = slacksim.Start(slacksim.Options{Addr: d.options.Listen, Manifest: manifest, Users: users, Panel: d.panel()})
	if err != nil {
		return err
	}
	d.teardown.Add("Slack workspace", func(context.Context) error { return d.slack.Close() })
	return nil
}

func (d *demo) startBot(ctx context.Context) error {
	app, err := app.New(ctx, d.config, d.options.Log)
	if err != nil {
		return err
	}
	d.app = app
	d.teardown.Add("opsbot", app.Stop)
	if err := app.Start(ctx); err != nil {
		return err
	}
	return d.slack.WaitConnected(ctx, 1)
}

func (d *demo) startAlerts(ctx context.Context) error {
	webhook := "http://" + d.app.Address() + "/webhooks/alertmanager"
	config := fmt.Sprintf(alertmanagerConfig, webhook, d.config.Webhook.BearerTokens[0].Reveal())
	alerts, err := alertmanager.Start(ctx, filepath.Join(d.dir, "alertmanager"), d.config.Alertmanager.URL.Host(), config)
	if err != nil {
		return err
	}
	d.alerts = alerts
	d.teardown.Add("Alertmanager", func(context.Context) error { return alerts.Close() })
	d.monitor.client, d.monitor.target = d.cluster.Client(), alerts
	watching, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.monitor.run(watching)
	}()
	d.teardown.Add("monitor", func(context.Context) error {
		stop()
		<-ended
		return nil
	})
	return nil
}

// Short group times keep the demo's story moving; everything else is as one would run it.
const alertmanagerConfig = `route:
  receiver: opsbot
  group_by: [alertname, service]
  group_wait: 500ms
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: [alertname="Watchdog"]
      repeat_interval: 2s
receivers:
  - name: opsbot
    webhook_configs:
      - url: %q
        send_resolved: true
        http_config:
          authorization:
            credentials: %q
`
