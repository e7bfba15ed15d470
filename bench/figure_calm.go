package main

import (
	"context"
	"time"

	"opsbot/slacksim"
)

// calm is how long an alert takes to Slack when Slack's limit of one message per second and channel holds nobody up:
// the alerts come so far apart that their messages fit.
func calm(ctx context.Context, s *suite) ([]sample, error) {
	alerts := newAlerts(pick(s, 15, 5), oneEach)
	opsbot, peer, err := each(ctx, s, slacksim.RateDefault, func(ctx context.Context, c *contender) (outcome, error) {
		done, err := steady(ctx, c, alerts, 2500*time.Millisecond)
		if err != nil {
			return nil, err
		}
		reached, _ := delays(done, firstCalls(c.slack))
		return outcome{"p50": percentile(reached, 50), "p99": percentile(reached, 99)}, nil
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peer,
		sample{what: "alert → first Slack call, within Slack's limit, p50", key: "p50", unit: milliseconds(), target: "≤ 10 ms"},
		sample{what: "alert → first Slack call, within Slack's limit, p99", key: "p99", unit: milliseconds(), target: "≤ 50 ms"},
	), nil
}
