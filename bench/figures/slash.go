package figures

import (
	"context"
	"errors"
	"sync"
	"time"

	"opsbot/bench/report"
	"opsbot/slacksim"
)

// slash is 200 people typing a command at once, on a real control plane, so that handling the first commands competes
// with acknowledging the last.
func slash(ctx context.Context, s *Suite) (_ []report.Sample, err error) {
	p, err := s.startedPlatform(ctx)
	if err != nil {
		return nil, err
	}
	c, err := startOpsbot(ctx, s, slacksim.RateOff, p.BotFile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	took, err := acknowledgements(c.slack, 200, "/status user")
	if err != nil {
		return nil, err
	}
	return compare(outcome{"p50": report.Percentile(took, 50), "p99": report.Percentile(took, 99)}, nil,
		report.Sample{What: "200 slash commands at once: acknowledged, p50", Key: "p50", Unit: report.Milliseconds()},
		report.Sample{What: "200 slash commands at once: acknowledged, p99", Key: "p99", Unit: report.Milliseconds(), Target: "≤ 100 ms"},
	), nil
}

// acknowledgements types the line n times at once and returns how long each took until its ack was back. A command that
// Slack gave up on is an error.
func acknowledgements(w *slacksim.Workspace, n int, line string) ([]time.Duration, error) {
	dba := w.User("dba")
	took, failures := make([]time.Duration, n), make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			began := time.Now()
			failures[i] = dba.Command("#ops", line)
			took[i] = time.Since(began)
		})
	}
	close(start)
	group.Wait()
	return took, errors.Join(failures...)
}
