package main

import (
	"context"
	"fmt"
	"strings"
)

// figure is one thing that is measured. round measures it once for opsbot and for its peer; each round starts both
// anew, so that no round inherits the state of the one before.
type figure struct {
	name  string
	round func(context.Context, *suite) ([]sample, error)
}

// figures in the order of the table. Those with a control plane come last: it takes its share of the machine even when
// it is idle.
func figures() []figure {
	return []figure{
		{"idle", idle},
		{"webhook", webhook},
		{"calm", calm},
		{"flood", overload},
		{"backlog", backlog},
		{"storm", storm},
		{"timers", timers},
		{"slash", slash},
		{"health", health},
	}
}

func figureNames() []string {
	var names []string
	for _, f := range figures() {
		names = append(names, f.name)
	}
	return names
}

// choose returns the figure of that name, or all.
func choose(only string) ([]figure, error) {
	if only == "" {
		return figures(), nil
	}
	for _, f := range figures() {
		if f.name == only {
			return []figure{f}, nil
		}
	}
	return nil, fmt.Errorf("no figure %q; there are %s", only, strings.Join(figureNames(), ", "))
}
