package main

import (
	"context"
	"time"

	"opsbot/slacksim"
)

// webhook is a lively hour: five alerts per second, each a group of its own, with a Slack that takes everything.
// opsbot keeps to Slack's published limit even then, so its first calls wait for their turn.
func webhook(ctx context.Context, s *suite) ([]sample, error) {
	alerts := newAlerts(pick(s, 100, 25), oneEach)
	opsbot, peer, err := each(ctx, s, slacksim.RateOff, func(ctx context.Context, c *contender) (outcome, error) {
		done, err := steady(ctx, c, alerts, 200*time.Millisecond)
		if err != nil {
			return nil, err
		}
		reached, _ := delays(done, firstCalls(c.slack))
		return outcome{
			"p50": percentile(latencies(done), 50), "p99": percentile(latencies(done), 99), "slack": percentile(reached, 50),
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peer,
		sample{what: "5 alerts/s: acknowledged, p50", key: "p50", unit: milliseconds()},
		sample{what: "5 alerts/s: acknowledged, p99", key: "p99", unit: milliseconds(), target: "≤ 15 ms, durable"},
		sample{what: "5 alerts/s, a group each: alert → first Slack call, p50", key: "slack", unit: milliseconds(), target: "≤ 10 ms"},
	), nil
}
