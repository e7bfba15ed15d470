// Package capacity looks ahead: what of the platform grows, and when it runs out.
package capacity

import (
	"context"
	"slices"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
)

// Deps are what the operation works with.
type Deps struct {
	kube.Platform
	Metrics metrics.Source
	// Plot draws how lines went, in percent by day, as a PNG; nil where nothing does.
	Plot func(days []time.Time, names []string, lines [][]float64) ([]byte, error)
}

// Operations look ahead.
func Operations(d Deps) []k8sops.Operation { return []k8sops.Operation{show{d}.spec().Operation()} }

// show is /capacity (handbook: 容量规划): the trend of every service, node and claim over the last days, and when each reaches what it has.
type show struct{ Deps }

type showArgs struct{ Days int }

const (
	fewestDays, mostDays = 7, 365
	// mostSamples is how many samples are asked for of each series: with 2,000 series, Prometheus' answer has about ten megabytes.
	mostSamples = 200
	// mostPoints is how many points a trend is made of.
	mostPoints = 60
)

func (o show) spec() k8sops.ReadSpec[showArgs] {
	return k8sops.ReadSpec[showArgs]{
		Meta: k8sops.Meta{
			Name:     "capacity",
			Summary:  messages.New("k8sops.capacity.summary"),
			Examples: []string{"capacity", "capacity --days 90"},
			Access: append(kube.ListWorkloads(),
				k8sops.Access{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
				k8sops.Access{Verb: "list", Resource: "persistentvolumeclaims"},
				k8sops.Access{Verb: "list", Resource: "nodes", ClusterWide: true, Optional: true},
			),
			Owners: []k8sops.Role{k8sops.System},
		},
		Args: func(a *showArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "days", Into: &a.Days, Summary: messages.New("k8sops.capacity.arg.days"), Default: "30", Min: fewestDays, Max: mostDays}}
		},
		Answer: o.answer,
	}
}

func (o show) answer(ctx context.Context, call *k8sops.Call, args showArgs, p k8sops.Progress) (*k8sops.Result, error) {
	l := &look{show: o, call: call, span: spanOf(args.Days), from: call.Now.Add(-time.Duration(args.Days) * 24 * time.Hour), unmeasured: map[kind]int{}}
	for _, gather := range []func(context.Context) error{l.nodes, l.services, l.claims} {
		if err := gather(ctx); err != nil {
			return nil, err
		}
	}
	p.Report(0, 1, messages.New("k8sops.capacity.running"))
	l.ask(ctx)
	slices.SortStableFunc(l.things, byUrgency)
	return &k8sops.Result{Card: l.card(args.Days)}, nil
}

// spanOf is how much time makes one point of a trend: a day, or several where there are many.
func spanOf(days int) time.Duration {
	return time.Duration((days+mostPoints-1)/mostPoints) * 24 * time.Hour
}

// stepOf is the time between two samples: an hour, or more where there are many.
func stepOf(days time.Duration) time.Duration {
	return max(time.Hour, (days / mostSamples).Truncate(time.Minute))
}
