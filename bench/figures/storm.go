package figures

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"opsbot/bench/report"
	"opsbot/escalation/incident"
	"opsbot/internal/lab"
	"opsbot/slacksim"
	"opsbot/store"
)

// storm is 10,000 alerts in a minute, each a group of its own, from one cause, while Slack takes one message per second and
// channel.
func storm(ctx context.Context, s *Suite) ([]report.Sample, error) {
	alerts := newAlerts(pick(s, 10_000, 500), oneEach)
	opsbot, peers, err := each(ctx, s, slacksim.RateStrict, func(ctx context.Context, c *contender) (outcome, error) {
		return stormed(ctx, c, alerts)
	})
	if err != nil {
		return nil, err
	}
	const of = "storm of 10,000 alerts in a minute: "
	return compare(opsbot, peers,
		report.Sample{What: of + "acknowledged, p99", Key: "p99", Unit: report.Milliseconds()},
		report.Sample{What: of + "alert → first Slack call of the first", Key: "first", Unit: report.Milliseconds(), Target: "≤ 1 s"},
		report.Sample{What: of + "messages in the incident channel, threads not counted", Key: "posts", Unit: report.Count()},
		report.Sample{What: of + "not in the timeline 20 s after", Key: "missing", Unit: report.Count(), Target: "0"},
		report.Sample{What: of + "peak memory (RSS)", Key: "peak", Unit: report.Megabytes(), Target: "≤ 150 MB"},
	), nil
}

func stormed(ctx context.Context, c *contender, alerts []alert) (outcome, error) {
	done, err := steady(ctx, c, alerts, time.Minute/10_000)
	if err != nil {
		return nil, err
	}
	if err := lab.Sleep(ctx, 20*time.Second); err != nil { // what was acknowledged is worked on
		return nil, err
	}
	peak, err := c.process.Peak()
	if err != nil {
		return nil, err
	}
	missing, err := c.untold(ctx, len(alerts))
	first := math.NaN() // Slack never heard of it
	if named, ok := firstCalls(c.slack)[alerts[0].name]; ok {
		first = named.Sub(sentAt(done, alerts[0].name)).Seconds()
	}
	return outcome{
		"p99": report.Percentile(latencies(done), 99), "first": first, "posts": float64(len(c.slack.Messages("#incidents"))),
		"missing": missing, "peak": peak,
	}, err
}

func sentAt(done []delivery, name string) time.Time {
	for _, d := range done {
		if d.name == name {
			return d.sent
		}
	}
	return time.Time{}
}

// untold is how many of so many alerts are on no incident's timeline; NaN for a program that keeps none.
func (c *contender) untold(ctx context.Context, alerts int) (missing float64, err error) {
	if c.data == "" {
		return math.NaN(), nil
	}
	s, err := store.OpenReadOnly(ctx, c.database())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	incidents, err := s.Incidents(ctx, false, alerts)
	if err != nil {
		return 0, err
	}
	told := 0
	for _, inc := range incidents {
		entries, err := s.Entries(ctx, inc.Number)
		if err != nil {
			return 0, err
		}
		for _, e := range entries {
			if e.Kind == incident.EntryAlert && strings.HasSuffix(e.Text.ID, "alert_fired") {
				told++
			}
		}
	}
	return float64(alerts - told), nil
}
