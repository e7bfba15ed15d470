package figures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opsbot/bench/report"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/internal/lab"
	"opsbot/slacksim"
	"opsbot/store"
)

const (
	// timersLead is the time from filling the database to the first deadline: opsbot starts in it.
	timersLead = 10 * time.Second
	// timersEvery is the time between two deadlines, before a burst of many at the same moment.
	timersEvery = 100 * time.Millisecond
)

// deadlines are those that come while opsbot is watched; all other incidents are due hours later.
type deadlines struct {
	open, single, burst int
	channel             string
	at                  map[int64]time.Time // by incident
}

// timers is how late opsbot pages when a deadline is over, with many open incidents that have one.
func timers(ctx context.Context, s *Suite) ([]report.Sample, error) {
	d := &deadlines{open: pick(s, 50_000, 2000), single: pick(s, 200, 20), burst: pick(s, 500, 50), at: map[int64]time.Time{}}
	s.Say("filling a database with %d open incidents", d.open)
	c, err := startOpsbotWith(ctx, s, slacksim.RateOff, "", d.fill)
	if err != nil {
		return nil, err
	}
	late, err := d.watch(ctx, c)
	if err = errors.Join(err, c.Close()); err != nil {
		return nil, err
	}
	const of = "50,000 open incidents with deadlines: "
	return compare(late, nil,
		report.Sample{What: of + "paged after a deadline, p50", Key: "p50", Unit: report.Milliseconds()},
		report.Sample{What: of + "paged after a deadline, p99", Key: "p99", Unit: report.Milliseconds(), Target: "≤ 100 ms"},
		report.Sample{What: of + "500 at the same moment, the last one paged after", Key: "burst", Unit: report.Milliseconds()},
		report.Sample{What: of + "deadlines that nobody was paged for", Key: "missed", Unit: report.Count(), Target: "0"},
		report.Sample{What: of + "peak memory (RSS)", Key: "peak", Unit: report.Megabytes()},
	), nil
}

// fill opens the incidents. What was said about them was said: there is nothing to send.
func (d *deadlines) fill(ctx context.Context, c *contender) (err error) {
	d.channel = c.slack.ChannelID("#incidents")
	s, err := store.Open(ctx, c.database(), store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := d.write(ctx, s, d.single+d.burst, d.open, time.Now().Add(12*time.Hour)); err != nil {
		return err
	}
	first := time.Now().Add(timersLead)
	for n := range d.single {
		d.at[int64(n+1)] = first.Add(time.Duration(n) * timersEvery)
	}
	together := first.Add(time.Duration(d.single)*timersEvery + 2*time.Second)
	for n := range d.burst {
		d.at[int64(d.single+n+1)] = together
	}
	return d.write(ctx, s, 0, d.single+d.burst, time.Time{})
}

// write stores the incidents with numbers above from, up to to; due is for those without a deadline of their own.
func (d *deadlines) write(ctx context.Context, s *store.Store, from, to int, due time.Time) error {
	const batch = 500
	for ; from < to; from += batch {
		var changes []escalation.Change
		for n := from + 1; n <= min(from+batch, to); n++ {
			at, ok := d.at[int64(n)]
			if !ok {
				at = due
			}
			changes = append(changes, d.overdue(int64(n), at))
		}
		if err := s.Apply(ctx, changes...); err != nil {
			return err
		}
	}
	return nil
}

// overdue is an incident whose first page nobody has answered, and whose next is due at.
func (d *deadlines) overdue(number int64, at time.Time) escalation.Change {
	policy := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	policy.Channel = d.channel
	opened := at.Add(-5 * time.Minute)
	a := alert{name: fmt.Sprintf("Timer%d", number), group: fmt.Sprint(number), started: opened}
	c := escalation.Observe(policy, oncall.Directory{}, incident.Incident{Number: number}, nil, []incident.Notification{{
		ReceivedAt: opened, GroupKey: a.group, Labels: map[string]string{"group": a.group},
		Alerts: []incident.Alert{{Fingerprint: a.fingerprint(), Firing: true, Labels: a.labels(), Annotations: a.annotations(), StartsAt: opened}},
	}}, opened)
	c.Messages, c.Groups = nil, []string{a.group}
	c.Incident.Step, c.Incident.Repeat, c.Incident.NextStepAt, c.Incident.DueAt = 1, 0, at, at
	return c
}

// watch waits until all deadlines are over and reads from the page ledger when opsbot decided.
func (d *deadlines) watch(ctx context.Context, c *contender) (outcome, error) {
	last := time.Time{}
	for _, at := range d.at {
		if at.After(last) {
			last = at
		}
	}
	if err := lab.Sleep(ctx, time.Until(last.Add(10*time.Second))); err != nil {
		return nil, err
	}
	peak, err := c.process.Peak()
	if err != nil {
		return nil, err
	}
	s, err := store.OpenReadOnly(ctx, c.database())
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // it was only read
	var single []time.Duration
	burst, missed := time.Duration(0), 0
	for number, at := range d.at {
		pages, err := s.Pages(ctx, number)
		switch {
		case err != nil:
			return nil, err
		case len(pages) == 0:
			missed++
		case number <= int64(d.single):
			single = append(single, pages[0].IntendedAt.Sub(at))
		default:
			burst = max(burst, pages[0].IntendedAt.Sub(at))
		}
	}
	return outcome{
		"p50": report.Percentile(single, 50), "p99": report.Percentile(single, 99), "burst": burst.Seconds(), "missed": float64(missed), "peak": peak,
	}, nil
}
