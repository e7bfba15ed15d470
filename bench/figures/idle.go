package figures

import (
	"context"
	"time"

	"opsbot/bench/report"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// idle is what a program costs that is connected and has nothing to do.
func idle(ctx context.Context, s *Suite) ([]report.Sample, error) {
	window := pick(s, 20*time.Second, 5*time.Second)
	opsbot, peers, err := each(ctx, s, slacksim.RateOff, func(ctx context.Context, c *contender) (outcome, error) {
		if err := lab.Sleep(ctx, 5*time.Second); err != nil { // what starting up does is not idling
			return nil, err
		}
		return watchIdle(ctx, c.process, window)
	})
	if err != nil {
		return nil, err
	}
	return compare(opsbot, peers,
		report.Sample{What: "idle: memory (RSS)", Key: "memory", Unit: report.Megabytes(), Target: "≤ 50 MB"},
		report.Sample{What: "idle: memory without the program's own file", Key: "private", Unit: report.Megabytes()},
		report.Sample{What: "idle: processor, share of a core", Key: "processor", Unit: report.Percent(), Target: "< 1 %"},
	), nil
}

func watchIdle(ctx context.Context, p *lab.Process, window time.Duration) (outcome, error) {
	before, err := p.ProcessorTime()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := lab.Sleep(ctx, window); err != nil {
		return nil, err
	}
	after, err := p.ProcessorTime()
	if err != nil {
		return nil, err
	}
	processor := (after - before).Seconds() / time.Since(began).Seconds()
	memory, err := p.Resident()
	if err != nil {
		return nil, err
	}
	private, err := p.Private()
	return outcome{"memory": memory, "private": private, "processor": processor}, err
}
