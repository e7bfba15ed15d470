package main

import (
	"context"
	"fmt"

	"opsbot/slacksim"
	"opsbot/testcluster"
)

// panel are the buttons of the page that break things and mend them without the bot.
func (d *demo) panel() []slacksim.PanelGroup {
	ns := testcluster.PlatformNamespace
	return []slacksim.PanelGroup{
		{Title: "Break things", Actions: []slacksim.PanelAction{
			{
				ID: "break-database", Title: "Break the database", Style: "danger",
				Description: "Deploys an image of postgres that cannot be pulled. The DBA is paged within seconds.",
				Run:         d.breaks("postgres gets a broken image", func(ctx context.Context) error { return d.cluster.BadImage(ctx, ns, "postgres") }),
			},
			{
				ID: "break-rollout", Title: "Deploy a broken user-service", Style: "danger",
				Description: "The new pods cannot pull their image and the rollout hangs; /rollback user mends it.",
				Run:         d.breaks("user-service gets a broken image", func(ctx context.Context) error { return d.cluster.BadImage(ctx, ns, "user-service") }),
			},
			{
				ID: "break-order", Title: "Crash order-service", Style: "danger",
				Description: "All its pods crash and are restarted, again and again.",
				Run:         d.breaks("order-service crashes", func(ctx context.Context) error { return d.cluster.CrashLoop(ctx, ns, "order-service") }),
			},
			{
				ID: "load-product", Title: "Load product-service",
				Description: "CPU at 150 % of its requests: the autoscaler adds pods within a minute.",
				Run:         d.breaks("product-service is busy", func(ctx context.Context) error { return d.cluster.Load(ctx, ns, "product-service", 150) }),
			},
		}},
		{Title: "Mend things", Actions: []slacksim.PanelAction{{
			ID: "fix", Title: "Mend everything", Style: "primary",
			Description: "Undoes what the buttons above did, without the bot.",
			Run:         d.mend,
		}}},
	}
}

func (d *demo) breaks(done string, do func(context.Context) error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := do(ctx); err != nil {
			return "", err
		}
		return done, nil
	}
}

func (d *demo) mend(ctx context.Context) (string, error) {
	for _, name := range []string{"postgres", "user-service", "order-service", "product-service"} {
		if err := d.cluster.Fix(ctx, testcluster.PlatformNamespace, name); err != nil {
			return "", fmt.Errorf("mend %s: %w", name, err)
		}
	}
	return "everything is mended", nil
}
