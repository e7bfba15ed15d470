package figures

import (
	"context"
	"time"

	"opsbot/bench/report"
	"opsbot/slacksim"
)

// calm is how long an alert takes to Slack when Slack's limit of one message per second and channel holds nobody up:
// the alerts come so far apart that their messages fit.
func calm(ctx context.Context, s *Suite) ([]report.Sample, error) {
	alerts := newAlerts(pick(s, 15, 5), oneEach)
	opsbot, peers, err := each(ctx, s, slacksim.RateDefault, func(ctx context.Context, c *contender) (outcome, error) {
		done, err := steady(ctx, c, alerts, 2500*time.Millisecond)
		if err != nil {
			return nil, err
		}
		reached, _ := delays(done, firstCalls(c.slack))
		return outcome{"p50": report.Percentile(reached, 50), "p99": report.Percentile(reached, 99)}, nil
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peers,
		report.Sample{What: "alert → first Slack call, within Slack's limit, p50", Key: "p50", Unit: report.Milliseconds(), Target: "≤ 10 ms"},
		report.Sample{What: "alert → first Slack call, within Slack's limit, p99", Key: "p99", Unit: report.Milliseconds(), Target: "≤ 50 ms"},
	), nil
}
