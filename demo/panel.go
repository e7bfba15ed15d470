package demo

import (
	"context"
	"fmt"
	"time"

	"opsbot/configs"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// panel are the buttons of the page that break things and mend them without the bot.
func (d *demo) panel() []slacksim.PanelGroup {
	ns, text := testcluster.PlatformNamespace, d.printer.Text
	return []slacksim.PanelGroup{
		{Title: text(messages.New("demo.panel.break")), Actions: []slacksim.PanelAction{
			{
				ID: "break-database", Title: text(messages.New("demo.panel.database")), Style: "danger",
				Description: text(messages.New("demo.panel.database_what")),
				Run:         d.breaks(messages.New("demo.broke", "what", "postgres"), func(ctx context.Context) error { return d.cluster.BadImage(ctx, ns, "postgres") }),
			},
			{
				ID: "break-rollout", Title: text(messages.New("demo.panel.rollout")), Style: "danger",
				Description: text(messages.New("demo.panel.rollout_what")),
				Run:         d.breaks(messages.New("demo.broke", "what", "user-service"), func(ctx context.Context) error { return d.cluster.BadImage(ctx, ns, "user-service") }),
			},
			{
				ID: "break-order", Title: text(messages.New("demo.panel.crash")), Style: "danger",
				Description: text(messages.New("demo.panel.crash_what")),
				Run:         d.breaks(messages.New("demo.broke", "what", "order-service"), func(ctx context.Context) error { return d.cluster.CrashLoop(ctx, ns, "order-service") }),
			},
			{
				ID: "stop-prometheus", Title: text(messages.New("demo.panel.prometheus")), Style: "danger",
				Description: text(messages.New("demo.panel.prometheus_what", "silence", configs.Default().Alertmanager.Watchdog.Silence/time.Duration(d.options.Speed))),
				Run: d.breaks(messages.New("demo.broke", "what", "Prometheus"), func(context.Context) error {
					d.monitor.stopped.Store(true)
					return nil
				}),
			},
			{
				ID: "load-product", Title: text(messages.New("demo.panel.load")),
				Description: text(messages.New("demo.panel.load_what")),
				Run:         d.breaks(messages.New("demo.loaded", "what", "product-service"), func(ctx context.Context) error { return d.cluster.Load(ctx, ns, "product-service", 150) }),
			},
		}},
		{Title: text(messages.New("demo.panel.mend")), Actions: []slacksim.PanelAction{{
			ID: "fix", Title: text(messages.New("demo.panel.all")), Style: "primary",
			Description: text(messages.New("demo.panel.all_what")),
			Run:         d.mend,
		}}},
	}
}

func (d *demo) breaks(done messages.Text, do func(context.Context) error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := do(ctx); err != nil {
			return "", err
		}
		return d.printer.Text(done), nil
	}
}

func (d *demo) mend(ctx context.Context) (string, error) {
	d.monitor.stopped.Store(false)
	for _, name := range []string{"postgres", "user-service", "order-service", "product-service"} {
		if err := d.cluster.Fix(ctx, testcluster.PlatformNamespace, name); err != nil {
			return "", fmt.Errorf("mend %s: %w", name, err)
		}
	}
	return d.printer.Text(messages.New("demo.mended")), nil
}
