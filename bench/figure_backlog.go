package main

import (
	"context"
	"time"

	"opsbot/slacksim"
)

// backlogLimit is how long after the last alert a round waits for stragglers.
const backlogLimit = 30 * time.Second

// backlog is five alerts per second for 20 s while Slack takes one message per second and channel, once with each alert
// a group of its own and once with all of them in one group.
func backlog(ctx context.Context, l *lab) ([]sample, error) {
	var rows []sample
	for _, variant := range []struct {
		name   string
		groups grouping
		aim    bool
	}{
		{"one group", oneForAll, true},
		{"a group each", oneEach, false},
	} {
		l.say("backlog: %s", variant.name)
		alerts := newAlerts(pick(l, 100, 25), variant.groups)
		opsbot, peer, err := each(ctx, l, slacksim.RateStrict, func(ctx context.Context, c *contender) (outcome, error) {
			return named(ctx, c, alerts)
		})
		if err != nil {
			return nil, err
		}
		rows = append(rows, compare(opsbot, peer, backlogRows(variant.name, variant.aim)...)...)
	}
	return rows, nil
}

func backlogRows(variant string, aim bool) []sample {
	of := "5 alerts/s for 20 s, Slack at 1 message/s/channel, " + variant + ": "
	rows := []sample{
		{what: of + "alerts never named", key: "missing", unit: count()},
		{what: of + "alert → first Slack call, p50", key: "p50", unit: seconds()},
		{what: of + "furthest behind", key: "behind", unit: seconds()},
	}
	if aim {
		rows[0].target, rows[2].target = "0", "≤ 10 s"
	}
	return rows
}

// named waits until all alerts can be read in Slack or the limit is over. Those that cannot count as missing.
func named(ctx context.Context, c *contender, alerts []alert) (outcome, error) {
	done, err := steady(ctx, c, alerts, 200*time.Millisecond)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(backlogLimit)
	for len(namedAt(c.slack)) < len(alerts) && time.Now().Before(deadline) {
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
	behind := delays(done, namedAt(c.slack))
	return outcome{
		"missing": float64(len(alerts) - len(behind)),
		"p50":     percentile(delays(done, firstCalls(c.slack)), 50),
		"behind":  percentile(behind, 100),
	}, nil
}
