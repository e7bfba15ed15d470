package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
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
				r.add(v.verdict)
				total.add(v.verdict)
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
	verdict
	rounds, failed int
	times          []time.Duration
}

func (r *row) add(v verdict) {
	r.rounds++
	if len(v.problems) > 0 {
		r.failed++
	}
	r.deliveries += v.deliveries
	r.alerts += v.alerts
	r.pages += v.pages
	r.operations += v.operations
	r.lostAlerts += v.lostAlerts
	r.lostPages += v.lostPages
	r.doubledPages += v.doubledPages
	r.doubledMessages += v.doubledMessages
	r.doubledOperations += v.doubledOperations
	r.diverged += v.diverged
	r.unanswered += v.unanswered
	r.times = append(r.times, v.converged)
}

func (r *row) line(what string) string {
	median, worst := middleAndWorst(r.times)
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d, %d | %d, %d, %d | %d | %d | %.0f s, %.0f s |\n", what, r.rounds, r.failed, r.deliveries, r.alerts, r.pages,
		r.operations, r.lostAlerts, r.lostPages, r.doubledPages, r.doubledMessages, r.doubledOperations, r.diverged, r.unanswered, median.Seconds(), worst.Seconds())
}

func middleAndWorst(times []time.Duration) (middle, worst time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}
