package figures

import (
	"context"
	"time"

	"opsbot/bench/report"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// floodSenders hand over alerts at once, each waiting for its acknowledgement.
const floodSenders = 16

// overload is as many alerts as come in, each a group of its own, while Slack takes everything.
func overload(ctx context.Context, s *Suite) ([]report.Sample, error) {
	alerts := newAlerts(pick(s, 2000, 500), oneEach)
	opsbot, peers, err := each(ctx, s, slacksim.RateOff, func(ctx context.Context, c *contender) (outcome, error) {
		return flooded(ctx, c, alerts)
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peers,
		report.Sample{What: "flood of 2,000 alerts, 16 senders: acknowledged", Key: "rate", Unit: report.PerSecond(), Target: "≥ 2,000/s, durable"},
		report.Sample{What: "flood of 2,000 alerts, 16 senders: acknowledged, p99", Key: "p99", Unit: report.Milliseconds()},
		report.Sample{What: "flood of 2,000 alerts: peak memory (RSS)", Key: "peak", Unit: report.Megabytes(), Target: "≤ 120 MB"},
	), nil
}

func flooded(ctx context.Context, c *contender, alerts []alert) (outcome, error) {
	began := time.Now()
	done, err := flood(ctx, c, alerts, floodSenders)
	if err != nil {
		return nil, err
	}
	rate := float64(len(done)) / time.Since(began).Seconds()
	if err := lab.Sleep(ctx, 5*time.Second); err != nil { // what was acknowledged is worked on
		return nil, err
	}
	peak, err := c.process.Peak()
	return outcome{"rate": rate, "p99": report.Percentile(latencies(done), 99), "peak": peak}, err
}
