// Package freeze knows when changes are frozen.
package freeze

import (
	"slices"
	"time"

	"opsbot/runs"
)

// Window is a freeze that comes once, From to Until, or again and again, when Cron says, For so long.
type Window struct {
	Name        string
	From, Until time.Time
	// Cron is an expression of five fields, in the clocks of Zone.
	Cron string
	For  time.Duration
	Zone *time.Location
	// Clusters are those it is for; none: all.
	Clusters []string
}

// Span is one freeze: Until is the first moment at which it is over.
type Span struct {
	Name        string
	From, Until time.Time
}

// Windows are all freezes there are.
type Windows []Window

// At is the freeze of a cluster at a moment, of several the one that ends last. ok is false where there is none.
func (ws Windows) At(now time.Time, cluster string) (span Span, ok bool) {
	for _, w := range ws {
		if len(w.Clusters) > 0 && !slices.Contains(w.Clusters, cluster) {
			continue
		}
		if s := w.at(now); !now.Before(s.From) && now.Before(s.Until) && s.Until.After(span.Until) {
			span, ok = s, true
		}
	}
	return span, ok
}

// at is the only span of w that may contain now.
func (w Window) at(now time.Time) Span {
	if w.Cron == "" {
		return Span{w.Name, w.From, w.Until}
	}
	from, err := runs.NextCron(w.Cron, now.Add(-w.For).In(w.Zone))
	if err != nil {
		return Span{} // the configuration was checked; an expression whose day never comes freezes nothing
	}
	return Span{w.Name, from, from.Add(w.For)}
}
