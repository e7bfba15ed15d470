package figures

import (
	"context"
	"regexp"
	"strconv"

	"opsbot/bench/platform"
	"opsbot/bench/report"
	"opsbot/slacksim"
)

// large is /health and /status in a cluster of 300 nodes and 9,000 pods, of which some are broken, beside the kubectl commands
// of the handbook. Making the cluster takes minutes, so all rounds ask the same one, and nothing is measured after it.
func large(ctx context.Context, s *Suite) ([]report.Sample, error) {
	p, err := s.startedPlatform(ctx)
	if err != nil {
		return nil, err
	}
	if !s.grown {
		if err := p.Grow(ctx, s.Lab, pick(s, platform.Size{Nodes: 297, Services: 100, PodsEach: 90}, platform.Size{Nodes: 17, Services: 10, PodsEach: 30})); err != nil {
			return nil, err
		}
		s.grown = true
	}
	var rows []report.Sample
	for _, q := range []question{askHealth(), askStatus()} {
		opsbot, kubectl, err := besideKubectl(ctx, s, p, q)
		if err != nil {
			return nil, err
		}
		of := q.line + ", 300 nodes, 9,000 pods: "
		rows = append(rows, compare(opsbot, kubectl,
			report.Sample{What: of + "time", Key: "time", Unit: report.Milliseconds(), Target: "≤ 1/10"},
			report.Sample{What: of + "peak memory", Key: "memory", Unit: report.Megabytes(), Target: "≤ 1/3"},
			report.Sample{What: of + "services and claims found in trouble", Key: "found", Unit: report.Count(), Target: "as many"},
		)...)
	}
	return rows, nil
}

func askStatus() question {
	return question{line: "/status", isAnswer: isStatus, kubectl: platform.StatusCheck(), found: notFine}
}

// isStatus recognises the answer of /status.
func isStatus(m slacksim.Message) bool { return contains(m, " services in ") }

// notFine is how many services are in trouble by the title of the answer, which names every service below it.
func notFine(answer string, _ []string) int {
	title := regexp.MustCompile(`([0-9]+) of ([0-9]+) services in `).FindStringSubmatch(answer)
	if title == nil {
		return 0
	}
	fine, _ := strconv.Atoi(title[1]) // digits
	all, _ := strconv.Atoi(title[2])
	return all - fine
}
