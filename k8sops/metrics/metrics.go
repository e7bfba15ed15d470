// Package metrics asks Prometheus what operations want to know of services, nodes and claims: now, and of the past.
package metrics

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Prometheus answers expressions. Every series is handed over to visit.
type Prometheus interface {
	Query(ctx context.Context, expression string, at time.Time, visit func(labels map[string]string, value float64)) error
	QueryRange(ctx context.Context, expression string, from, to time.Time, step time.Duration, visit func(labels map[string]string, at []time.Time, values []float64)) error
}

// Query is a configured expression.
type Query struct {
	// Key is its name in the configuration.
	Key string
	// Expression is "" where it is not asked.
	Expression string
}

// Queries are what Prometheus is asked. In the expressions $namespace and $cluster stand for those of the call.
type Queries struct {
	// Latency is in seconds, Errors in percent of the requests, Backlog a count of messages; each by service.
	Latency, Errors, Backlog Query
	// CPU is in cores, Memory in bytes, by workload or node; Storage is in bytes, by claim.
	CPU, Memory, NodeCPU, NodeMemory, Storage Query
}

// Source is where numbers come from.
type Source struct {
	// Prometheus is nil where none is configured.
	Prometheus Prometheus
	Queries    Queries
	// Several clusters share the Prometheus, so that a query has to name the one that is meant.
	Several bool
}

// Values are numbers by what they are about.
type Values map[string]float64

// Series is how a number went.
type Series struct {
	Name   string
	At     []time.Time
	Values []float64
}

// Now asks a query for the present. Where there are no values, why says the reason.
func (s Source) Now(ctx context.Context, call *k8sops.Call, q Query) (values Values, why messages.Text) {
	if why := s.refuses(q); why.ID != "" {
		return nil, why
	}
	values = Values{}
	err := s.Prometheus.Query(ctx, q.on(call), call.Now, func(labels map[string]string, value float64) {
		name := nameOf(labels)
		if before, twice := values[name]; name != "" && (!twice || !(before >= value)) { // of several the highest, a number rather than NaN
			values[name] = value
		}
	})
	return values, reason(q, err, len(values))
}

// Range asks a query for a span of time. Samples that are no numbers are left out, and of several series with one name all but the longest.
func (s Source) Range(ctx context.Context, call *k8sops.Call, q Query, from, to time.Time, step time.Duration) (series []Series, why messages.Text) {
	if why := s.refuses(q); why.ID != "" {
		return nil, why
	}
	byName := map[string]Series{}
	err := s.Prometheus.QueryRange(ctx, q.on(call), from, to, step, func(labels map[string]string, at []time.Time, values []float64) {
		one := Series{Name: nameOf(labels)}
		for i := range min(len(at), len(values)) {
			if isNumber(values[i]) {
				one.At, one.Values = append(one.At, at[i]), append(one.Values, values[i])
			}
		}
		if one.Name != "" && len(one.At) > len(byName[one.Name].At) {
			byName[one.Name] = one
		}
	})
	for _, one := range byName {
		series = append(series, one)
	}
	slices.SortFunc(series, func(a, b Series) int { return cmp.Compare(a.Name, b.Name) })
	return series, reason(q, err, len(series))
}

// refuses says why a query is not asked.
func (s Source) refuses(q Query) messages.Text {
	switch {
	case s.Prometheus == nil:
		return messages.New("k8sops.metrics.no_prometheus", "key", messages.Code("prometheus.url"))
	case q.Expression == "":
		return messages.New("k8sops.metrics.no_query", "key", q.key())
	case s.Several && !strings.Contains(q.Expression, clusterVariable):
		return messages.New("k8sops.metrics.no_cluster", "key", q.key(), "variable", messages.Code(clusterVariable))
	}
	return messages.Text{}
}

func reason(q Query, err error, found int) messages.Text {
	switch {
	case err != nil:
		return messages.New("k8sops.metrics.failed", "key", q.key(), "cause", messages.Clip(redact.Text(err.Error()), 200))
	case found == 0:
		return messages.New("k8sops.metrics.no_series", "key", q.key())
	}
	return messages.Text{}
}

const clusterVariable = "$cluster"

// on is the expression for a call. What is put in goes between quotes.
func (q Query) on(call *k8sops.Call) string {
	quoted := func(s string) string {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`, "\n", `\n`).Replace(s)
	}
	return strings.NewReplacer("$namespace", quoted(call.Namespace), clusterVariable, quoted(call.Cluster)).Replace(q.Expression)
}

func (q Query) key() messages.Code { return messages.Code("prometheus.queries." + q.Key) }

// nameOf is what a series is about, "" where its labels do not tell.
func nameOf(labels map[string]string) string {
	for _, label := range []string{"service", "workload", "deployment", "statefulset", "app", "job", "node", "instance", "persistentvolumeclaim"} {
		if labels[label] != "" {
			return labels[label]
		}
	}
	return ""
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Of is the number of a name. It has none where there is no series, or no number in it: a share of no requests is none.
func (v Values) Of(name string) (value float64, why messages.Text) {
	value, known := v[name]
	switch {
	case !known:
		return 0, messages.New("k8sops.metrics.not_of")
	case !isNumber(value):
		return 0, messages.New("k8sops.metrics.no_number")
	}
	return value, messages.Text{}
}
