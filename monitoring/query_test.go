package monitoring_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/promtest"
	"opsbot/monitoring"
)

func TestQueriesOfARealPrometheus(t *testing.T) {
	p, err := monitoring.NewPrometheus(promtest.Start(t, usage(2)))
	require.NoError(t, err)
	now := map[string]float64{}
	at := begin.Add(30 * time.Minute)
	require.NoError(t, p.Query(t.Context(), `usage{namespace="shop"}`, at, func(labels map[string]string, value float64) { now[labels["pod"]] = value }))
	require.InDeltaMapValues(t, map[string]float64{"p0": 0.5, "p1": 1}, now, 1e-9)
	require.NoError(t, p.Query(t.Context(), `sum(usage) / 0`, at, func(_ map[string]string, value float64) { require.True(t, math.IsInf(value, 1)) }))
	require.ErrorContains(t, p.Query(t.Context(), "1", at, nil), "scalar, want a vector")
	require.ErrorContains(t, p.Query(t.Context(), "sum(", at, nil), "query Prometheus")

	points := map[string]int{}
	err = p.QueryRange(t.Context(), "usage", begin, begin.Add(time.Hour-time.Second), 5*time.Minute, func(labels map[string]string, at []time.Time, values []float64) {
		points[labels["pod"]] = len(values)
		require.Len(t, at, len(values))
		for i := range at {
			pod := map[string]float64{"p0": 1, "p1": 2}[labels["pod"]]
			require.InDelta(t, pod*at[i].Sub(begin).Hours(), values[i], 0.05)
		}
	})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"p0": 11, "p1": 12}, points, "a gap is no sample")
	require.ErrorContains(t, p.QueryRange(t.Context(), "sum(", begin, begin.Add(time.Hour), time.Minute, nil), "query Prometheus")
}

func TestAnswersThatAreNone(t *testing.T) {
	for body, want := range map[string]string{
		"<html>not Prometheus</html>": "query Prometheus",
		`{"status":"success"}`:        "query Prometheus",
		`{"status":"success","data":{"resultType":"matrix","result":[]}}`:              "matrix, want a vector",
		`{"status":"success","data":{"resultType":"vector","result":[{"value":"x"}]}}`: "query Prometheus",
		`{"status":"error","errorType":"timeout","error":"too slow"}`:                  "too slow",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		p, err := monitoring.NewPrometheus(server.URL)
		require.NoError(t, err)
		require.ErrorContains(t, p.Query(t.Context(), "up", begin, func(map[string]string, float64) {}), want, body)
		server.Close()
	}
}
