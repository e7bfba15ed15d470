package figures

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/bench/platform"
	"opsbot/bench/report"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// crowdSize is what the three simulated nodes hold beside the platform.
const crowdSize = 280

// health is the handbook's daily check: its own kubectl commands, and /health from the typed command to the answer.
func health(ctx context.Context, s *Suite) ([]report.Sample, error) {
	p, err := s.startedPlatform(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := checkups(ctx, s, p, "the demo platform")
	if err != nil || s.quick {
		return rows, err
	}
	if err := p.Gather(ctx, crowdSize); err != nil {
		return nil, err
	}
	crowded, err := checkups(ctx, s, p, fmt.Sprintf("with %d more pods", crowdSize))
	return append(rows, crowded...), errors.Join(err, p.Disperse(ctx))
}

func checkups(ctx context.Context, s *Suite, p *platform.Platform, where string) (_ []report.Sample, err error) {
	c, err := startOpsbot(ctx, s, slacksim.RateOff, p.BotFile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	// The first round warms both: kubectl's discovery cache, opsbot's connections.
	var opsbot, kubectl outcome
	for range 2 {
		took, memory, err := p.CheckDaily(ctx)
		if err != nil {
			return nil, err
		}
		kubectl = outcome{"time": took.Seconds(), "memory": memory}
		if opsbot, err = askHealth(ctx, c); err != nil {
			return nil, err
		}
	}
	return compare(opsbot, []rival{{"kubectl", kubectl}},
		report.Sample{What: "/health, " + where + ": time", Key: "time", Unit: report.Milliseconds(), Target: "≤ 1/10"},
		report.Sample{What: "/health, " + where + ": peak memory", Key: "memory", Unit: report.Megabytes(), Target: "≤ 1/3 at 9,000 pods"},
	), nil
}

// askHealth types the command and waits for the verdict.
func askHealth(ctx context.Context, c *contender) (outcome, error) {
	// Answers of the round before must not use up the pace at which opsbot lets itself write to a channel.
	if err := lab.Sleep(ctx, 4*time.Second); err != nil {
		return nil, err
	}
	if err := c.process.ForgetPeak(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	messages := c.slack.Messages("#ops")
	newest := ""
	if len(messages) > 0 {
		newest = messages[len(messages)-1].TS
	}
	began := time.Now()
	if err := c.slack.User("dba").Command("#ops", "/health"); err != nil {
		return nil, err
	}
	_, err := c.slack.WaitMessage(ctx, slacksim.In("#ops"), slacksim.FromBot(), slacksim.After(newest), slacksim.Where(isVerdict))
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	memory, err := c.process.Peak()
	return outcome{"time": took.Seconds(), "memory": memory}, err
}

func isVerdict(m slacksim.Message) bool {
	text := m.Text()
	for _, verdict := range []string{"is healthy", "needs attention", "is in trouble"} {
		if strings.Contains(text, verdict) {
			return true
		}
	}
	return false
}
