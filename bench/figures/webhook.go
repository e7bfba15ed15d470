package figures

import (
	"context"
	"time"

	"opsbot/bench/report"
	"opsbot/slacksim"
)

// webhook is a lively hour: five alerts per second, each a group of its own, with a Slack that takes everything.
// opsbot keeps to Slack's published limit even then, so its first calls wait for their turn.
func webhook(ctx context.Context, s *Suite) ([]report.Sample, error) {
	alerts := newAlerts(pick(s, 100, 25), oneEach)
	opsbot, peers, err := each(ctx, s, slacksim.RateOff, func(ctx context.Context, c *contender) (outcome, error) {
		done, err := steady(ctx, c, alerts, 200*time.Millisecond)
		if err != nil {
			return nil, err
		}
		reached, _ := delays(done, firstCalls(c.slack))
		return outcome{
			"p50": report.Percentile(latencies(done), 50), "p99": report.Percentile(latencies(done), 99), "slack": report.Percentile(reached, 50),
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peers,
		report.Sample{What: "5 alerts/s: acknowledged, p50", Key: "p50", Unit: report.Milliseconds()},
		report.Sample{What: "5 alerts/s: acknowledged, p99", Key: "p99", Unit: report.Milliseconds(), Target: "≤ 15 ms, durable"},
		report.Sample{What: "5 alerts/s, a group each: alert → first Slack call, p50", Key: "slack", Unit: report.Milliseconds(), Target: "≤ 10 ms"},
	), nil
}
