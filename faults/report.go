package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"opsbot/faults/judge"
)

// writeTable prints a row for each fault, as Markdown.
func writeTable(out io.Writer, faults []fault, verdicts []played) error {
	var b strings.Builder
	b.WriteString("| fault | rounds | failed | webhooks acknowledged | alerts | pages | operations | lost: alerts, pages | doubled: pages, other messages, operations |" +
		" not converged | unanswered | converged in: median, worst |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	total := row{}
	for _, f := range faults {
		r := row{}
		for _, v := range verdicts {
			if v.round.fault.name == f.name {
				r.add(v.Verdict)
				total.add(v.Verdict)
			}
		}
		b.WriteString(r.line(f.what))
	}
	b.WriteString(total.line("**all**"))
	_, err := io.WriteString(out, b.String())
	return err
}

// row sums up the rounds of a fault.
type row struct {
	judge.Verdict
	rounds, failed int
	times          []time.Duration
}

func (r *row) add(v judge.Verdict) {
	r.rounds++
	if len(v.Problems) > 0 {
		r.failed++
	}
	r.Deliveries += v.Deliveries
	r.Alerts += v.Alerts
	r.Pages += v.Pages
	r.Operations += v.Operations
	r.LostAlerts += v.LostAlerts
	r.LostPages += v.LostPages
	r.DoubledPages += v.DoubledPages
	r.DoubledMessages += v.DoubledMessages
	r.DoubledOperations += v.DoubledOperations
	r.Diverged += v.Diverged
	r.Unanswered += v.Unanswered
	r.times = append(r.times, v.Converged)
}

func (r *row) line(what string) string {
	median, worst := middleAndWorst(r.times)
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d, %d | %d, %d, %d | %d | %d | %.0f s, %.0f s |\n", what, r.rounds, r.failed, r.Deliveries, r.Alerts, r.Pages,
		r.Operations, r.LostAlerts, r.LostPages, r.DoubledPages, r.DoubledMessages, r.DoubledOperations, r.Diverged, r.Unanswered, median.Seconds(), worst.Seconds())
}

func middleAndWorst(times []time.Duration) (middle, worst time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}
