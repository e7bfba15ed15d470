// Package figures is what the benchmark measures: one figure a file, and the programs and loads that they are measured with.
package figures

import (
	"context"
	"fmt"
	"strings"

	"opsbot/bench/report"
)

// Figure is one thing that is measured. Round measures it once for opsbot and for its peer; each round starts both
// anew, so that no round inherits the state of the one before.
type Figure struct {
	Name  string
	Round func(context.Context, *Suite) ([]report.Sample, error)
}

// all figures in the order of the table. Those with a control plane come last: it takes its share of the machine even when
// it is idle.
func all() []Figure {
	return []Figure{
		{"idle", idle},
		{"webhook", webhook},
		{"calm", calm},
		{"flood", overload},
		{"backlog", backlog},
		{"storm", storm},
		{"timers", timers},
		{"slash", slash},
		{"health", health},
		{"large", large},
	}
}

// Names are those of all figures.
func Names() []string {
	var names []string
	for _, f := range all() {
		names = append(names, f.Name)
	}
	return names
}

// Choose returns the figure of that name, or all.
func Choose(only string) ([]Figure, error) {
	if only == "" {
		return all(), nil
	}
	for _, f := range all() {
		if f.Name == only {
			return []Figure{f}, nil
		}
	}
	return nil, fmt.Errorf("no figure %q; there are %s", only, strings.Join(Names(), ", "))
}
