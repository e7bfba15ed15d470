package metrics

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
)

// fake answers with its series, and remembers what it was asked.
type fake struct {
	asked  string
	series []map[string]string
	values [][]float64
	err    error
}

func (f *fake) Query(_ context.Context, expression string, _ time.Time, visit func(map[string]string, float64)) error {
	f.asked = expression
	for i, labels := range f.series {
		visit(labels, f.values[i][0])
	}
	return f.err
}

func (f *fake) QueryRange(_ context.Context, expression string, from, _ time.Time, step time.Duration, visit func(map[string]string, []time.Time, []float64)) error {
	f.asked = expression
	for i, labels := range f.series {
		var at []time.Time
		for j := range f.values[i] {
			at = append(at, from.Add(time.Duration(j)*step))
		}
		visit(labels, at, f.values[i])
	}
	return f.err
}

func call() *k8sops.Call { return &k8sops.Call{Cluster: `pr"od`, Namespace: "shop"} }

var errAway = errors.New("connection refused")

func TestAQueryIsAskedForTheCallsPlace(t *testing.T) {
	f := &fake{series: []map[string]string{{"service": "user"}}, values: [][]float64{{1}}}
	_, why := Source{Prometheus: f, Several: true}.Now(t.Context(), call(), Query{"errors", `x{namespace="$namespace",cluster="$cluster"}`})
	require.True(t, why.IsZero())
	require.Equal(t, `x{namespace="shop",cluster="pr\"od"}`, f.asked, "nothing gets out of the quotes")
}

func TestASeriesNamesWhatItIsAbout(t *testing.T) {
	f := &fake{series: []map[string]string{
		{"service": "user", "job": "pods"}, {"job": "user"}, {"job": "user", "pod": "b"}, {"pod": "nobody"}, {"node": "n1"}, {"service": "quiet"},
	}, values: [][]float64{{1}, {math.NaN()}, {3}, {4}, {5}, {math.NaN()}}}
	values, why := Source{Prometheus: f}.Now(t.Context(), call(), Query{"errors", "x"})
	require.True(t, why.IsZero())
	require.Len(t, values, 3)
	for name, want := range map[string]float64{"user": 3, "n1": 5} {
		value, why := values.Of(name)
		require.True(t, why.IsZero())
		require.InDelta(t, want, value, 0, "of several the highest")
	}
	_, why = values.Of("quiet")
	require.Equal(t, "k8sops.metrics.no_number", why.ID)
	_, why = values.Of("order")
	require.Equal(t, "k8sops.metrics.not_of", why.ID)
}

func TestWhyThereAreNoValues(t *testing.T) {
	for want, c := range map[string]struct {
		source Source
		query  Query
	}{
		"k8sops.metrics.no_prometheus": {Source{}, Query{"errors", "x"}},
		"k8sops.metrics.no_query":      {Source{Prometheus: &fake{}}, Query{"errors", ""}},
		"k8sops.metrics.no_cluster":    {Source{Prometheus: &fake{}, Several: true}, Query{"errors", "x"}},
		"k8sops.metrics.failed":        {Source{Prometheus: &fake{err: errAway}}, Query{"errors", "x"}},
		"k8sops.metrics.no_series":     {Source{Prometheus: &fake{}}, Query{"errors", "x"}},
	} {
		_, why := c.source.Now(t.Context(), call(), c.query)
		require.Equal(t, want, why.ID)
		_, why = c.source.Range(t.Context(), call(), c.query, time.Unix(0, 0), time.Unix(60, 0), time.Minute)
		require.Equal(t, want, why.ID)
	}
}

func TestARangeHasNumbersOnly(t *testing.T) {
	f := &fake{series: []map[string]string{{"node": "b"}, {"node": "a"}, {"node": "a", "x": "1"}, {"node": "none"}},
		values: [][]float64{{1, math.NaN(), 3}, {9}, {1, 2, math.Inf(1)}, {math.NaN()}}}
	series, why := Source{Prometheus: f}.Range(t.Context(), call(), Query{"node_cpu", "x"}, time.Unix(0, 0).UTC(), time.Unix(120, 0), time.Minute)
	require.True(t, why.IsZero())
	require.Equal(t, []Series{
		{"a", []time.Time{time.Unix(0, 0).UTC(), time.Unix(60, 0).UTC()}, []float64{1, 2}},
		{"b", []time.Time{time.Unix(0, 0).UTC(), time.Unix(120, 0).UTC()}, []float64{1, 3}},
	}, series, "of two with one name the longer")
}
