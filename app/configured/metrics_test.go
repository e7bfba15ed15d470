package configured_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/internal/promtest"
	"opsbot/k8sops"
	"opsbot/k8sops/metrics"
)

// exported is a day of what exporters and client libraries write: a step every minute, at so much a second for the counters.
func exported(begin time.Time) string {
	var b strings.Builder
	family := func(name, kind string, value func(seconds float64) map[string]float64) {
		fmt.Fprintf(&b, "# TYPE %s %s\n", name, kind)
		for labels := range value(0) {
			for minute := range 60 {
				seconds := float64(minute) * 60
				fmt.Fprintf(&b, "%s %g %d\n", labels, value(seconds)[labels], begin.Unix()+int64(seconds))
			}
		}
	}
	family("http_request_duration_seconds", "histogram", func(s float64) map[string]float64 {
		bucket := func(service, le string) string {
			return fmt.Sprintf(`http_request_duration_seconds_bucket{namespace="shop",service=%q,le=%q}`, service, le)
		}
		return map[string]float64{
			bucket("user-service", "0.1"): s * 9, bucket("user-service", "1.0"): s * 10, bucket("user-service", "+Inf"): s * 10,
			bucket("quiet-service", "0.1"): 0, bucket("quiet-service", "+Inf"): 0,
		}
	})
	family("http_requests", "counter", func(s float64) map[string]float64 {
		return map[string]float64{
			`http_requests_total{namespace="shop",service="user-service",code="200"}`:  s * 97,
			`http_requests_total{namespace="shop",service="user-service",code="503"}`:  s * 3,
			`http_requests_total{namespace="shop",service="order-service",code="200"}`: s,
			`http_requests_total{namespace="other",service="stranger",code="200"}`:     s,
		}
	})
	family("container_cpu_usage_seconds", "counter", func(s float64) map[string]float64 {
		return map[string]float64{
			`container_cpu_usage_seconds_total{namespace="shop",pod="user-service-6d4b75cb6d-hwxfz",container="user"}`: s * 0.25,
			`container_cpu_usage_seconds_total{namespace="shop",pod="user-service-6d4b75cb6d-5gk2c",container="user"}`: s * 0.25,
			`container_cpu_usage_seconds_total{namespace="shop",pod="user-service-6d4b75cb6d-5gk2c",container=""}`:     s * 9,
			`container_cpu_usage_seconds_total{namespace="shop",pod="ledger-12",container="ledger"}`:                   s * 0.125,
			`container_cpu_usage_seconds_total{namespace="shop",pod="agent-hwxfz",container="agent"}`:                  s * 0.5,
			`container_cpu_usage_seconds_total{id="/",node="node-1"}`:                                                  s * 2,
		}
	})
	family("container_memory_working_set_bytes", "gauge", func(float64) map[string]float64 {
		return map[string]float64{
			`container_memory_working_set_bytes{namespace="shop",pod="user-service-6d4b75cb6d-hwxfz",container="user"}`: 1 << 20,
			`container_memory_working_set_bytes{id="/",node="node-1"}`:                                                  1 << 30,
		}
	})
	family("kubelet_volume_stats_used_bytes", "gauge", func(float64) map[string]float64 {
		return map[string]float64{`kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="postgres-data",node="node-1"}`: 5 << 30}
	})
	return b.String()
}

// The default queries mean what their descriptions say, on a real Prometheus.
func TestDefaultQueriesOfARealPrometheus(t *testing.T) {
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := configs.Default().Prometheus
	address, err := configs.ParseURL(promtest.Start(t, exported(begin)))
	require.NoError(t, err)
	c.URL = configs.SecretURL{URL: address}
	source, err := configured.Metrics(c)
	require.NoError(t, err)
	call := &k8sops.Call{Cluster: "demo", Namespace: "shop", Now: begin.Add(59 * time.Minute)}
	for _, want := range []struct {
		query  metrics.Query
		values map[string]float64
	}{
		{source.Queries.Latency, map[string]float64{"user-service": 0.55}},
		{source.Queries.Errors, map[string]float64{"user-service": 3, "order-service": 0}},
		{source.Queries.CPU, map[string]float64{"user-service": 0.5, "ledger": 0.125, "agent": 0.5}},
		{source.Queries.Memory, map[string]float64{"user-service": 1 << 20}},
		{source.Queries.NodeCPU, map[string]float64{"node-1": 2}},
		{source.Queries.NodeMemory, map[string]float64{"node-1": 1 << 30}},
		{source.Queries.Storage, map[string]float64{"postgres-data": 5 << 30}},
	} {
		values, why := source.Now(t.Context(), call, want.query)
		require.True(t, why.IsZero(), "%s: %v", want.query.Key, why)
		for name, value := range want.values {
			got, why := values.Of(name)
			require.True(t, why.IsZero(), "%s of %s in %v: %v", want.query.Key, name, values, why)
			require.InEpsilon(t, value+1, got+1, 0.01, "%s of %s", want.query.Key, name)
		}
		require.NotContains(t, values, "stranger", "of another namespace")
	}
	values, _ := source.Now(t.Context(), call, source.Queries.Latency)
	_, why := values.Of("quiet-service")
	require.Equal(t, "k8sops.metrics.no_number", why.ID, "no requests are no answer")
	_, why = source.Now(t.Context(), call, source.Queries.Backlog)
	require.Equal(t, "k8sops.metrics.no_query", why.ID)
}
