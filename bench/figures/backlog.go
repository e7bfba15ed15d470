package figures

import (
	"context"
	"time"

	"opsbot/bench/report"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// backlogLimit is how long after the last alert a round waits for stragglers.
const backlogLimit = 20 * time.Second

// backlog is five alerts per second for 20 s while Slack takes one message per second and channel, once with all of them
// in one group and once with each a group of its own.
func backlog(ctx context.Context, s *Suite) ([]report.Sample, error) {
	together, err := backlogOf(ctx, s, oneForAll, "one group", map[string]string{"missing": "0", "behind": "≤ 10 s"})
	if err != nil {
		return nil, err
	}
	apart, err := backlogOf(ctx, s, oneEach, "a group each", nil)
	return append(together, apart...), err
}

func backlogOf(ctx context.Context, s *Suite, groups grouping, name string, targets map[string]string) ([]report.Sample, error) {
	s.Say("backlog: %s", name)
	alerts := newAlerts(pick(s, 100, 25), groups)
	opsbot, peers, err := each(ctx, s, slacksim.RateStrict, func(ctx context.Context, c *contender) (outcome, error) {
		return readable(ctx, c, alerts)
	})
	if err != nil {
		return nil, err
	}
	of := "100 alerts in 20 s, Slack at 1 message/s/channel, " + name + ": "
	return compare(opsbot, peers,
		report.Sample{What: of + "not in Slack 20 s after the last", Key: "missing", Unit: report.Count(), Target: targets["missing"]},
		report.Sample{What: of + "alert → readable in Slack, p50", Key: "p50", Unit: report.Seconds()},
		report.Sample{What: of + "furthest behind", Key: "behind", Unit: report.Seconds(), Target: targets["behind"]},
	), nil
}

// readable waits until all alerts can be read in Slack or the limit is over.
func readable(ctx context.Context, c *contender, alerts []alert) (outcome, error) {
	done, err := steady(ctx, c, alerts, 200*time.Millisecond)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(backlogLimit)
	for len(namedAt(c.slack)) < len(alerts) && time.Now().Before(deadline) {
		if err := lab.Sleep(ctx, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
	waits, missing := delays(done, namedAt(c.slack))
	return outcome{"missing": float64(missing), "p50": report.Percentile(waits, 50), "behind": report.Percentile(waits, 100)}, nil
}
