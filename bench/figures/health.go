package figures

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"opsbot/bench/platform"
	"opsbot/bench/report"
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

// checkups compares /health with the kubectl commands of the daily checklist.
func checkups(ctx context.Context, s *Suite, p *platform.Platform, where string) ([]report.Sample, error) {
	opsbot, kubectl, err := besideKubectl(ctx, s, p, askHealth())
	return compare(opsbot, kubectl,
		report.Sample{What: "/health, " + where + ": time", Key: "time", Unit: report.Milliseconds(), Target: "≤ 1/10"},
		report.Sample{What: "/health, " + where + ": peak memory", Key: "memory", Unit: report.Megabytes()},
	), err
}

func askHealth() question {
	return question{line: "/health", isAnswer: isVerdict, kubectl: platform.DailyCheck(), found: findings}
}

// isVerdict recognises the answer of /health.
func isVerdict(m slacksim.Message) bool {
	return contains(m, "is healthy", "needs attention", "is unhealthy")
}

// findings are those that the answer names: it names only what is in trouble.
func findings(answer string, names []string) int {
	n := 0
	for _, name := range names {
		if strings.Contains(answer, name) {
			n++
		}
	}
	return n
}
