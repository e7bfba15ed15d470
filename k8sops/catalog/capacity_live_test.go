package catalog

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/promtest"
	"opsbot/k8sops"
	"opsbot/k8sops/metrics"
	"opsbot/monitoring"
)

// A month of a real Prometheus beside the claims, limits and nodes of a real API server: what grows is given a range of dates that holds the true one, what is
// flat or short is unknown.
func TestLiveCapacity(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane and Prometheus")
	}
	l := startLive(t, nil)
	claim, err := l.cluster.Client().CoreV1().PersistentVolumeClaims(l.namespace).Get(t.Context(), "postgres-data", metav1.GetOptions{})
	require.NoError(t, err)
	size := claim.Status.Capacity.Storage().AsApproximateFloat64()
	require.Positive(t, size)
	nodes, err := l.cluster.Client().CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)

	now := time.Now().Truncate(time.Minute)
	var data strings.Builder
	series := func(name, labels string, days int, value func(daysAgo float64) float64) {
		for hours := days * 24; hours >= 0; hours-- {
			fmt.Fprintf(&data, "%s{%s} %f %d\n", name, labels, value(float64(hours)/24), now.Add(-time.Duration(hours)*time.Hour).Unix())
		}
	}
	data.WriteString("# TYPE used gauge\n")
	series("used", `persistentvolumeclaim="postgres-data"`, 30, func(d float64) float64 { return size * (0.8 - 0.01*d) }) // full in 20 days
	data.WriteString("# TYPE cores gauge\n")
	series("cores", `workload="user-service"`, 30, func(float64) float64 { return 0.05 })
	series("cores", `workload="order-service"`, 3, func(d float64) float64 { return 0.05 - d/1000 })
	series("cores", `workload="somebody-elses"`, 30, func(d float64) float64 { return 5 - d/10 })
	series("cores", fmt.Sprintf("node=%q", nodes.Items[0].Name), 30, func(d float64) float64 { return 1 - d/200 })
	prometheus, err := monitoring.NewPrometheus(promtest.Start(t, data.String()))
	require.NoError(t, err)
	q := func(key, expression string) metrics.Query { return metrics.Query{Key: key, Expression: expression} }
	l.deps.Metrics = metrics.Source{Prometheus: prometheus, Queries: metrics.Queries{
		CPU: q("cpu", `cores{workload!=""}`), Memory: q("memory", "no_such_metric"), NodeCPU: q("node_cpu", `cores{node!=""}`), NodeMemory: q("node_memory", ""), Storage: q("storage", "used"),
	}}
	l.deps.Plot = monitoring.DailyPNG
	l.ops = testCatalog(t, l.deps)

	_, _, result, _ := l.do(t, k8sops.System, "capacity")
	text := shownCard(t, result.Card)
	t.Log(text)
	dates := regexp.MustCompile(`\| postgres-data \| Storage \| .* \((?:79|80)%\) \| \+.* \| (\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d) `).FindStringSubmatch(text)
	require.Len(t, dates, 3, text)
	truth := now.Add(20 * 24 * time.Hour)
	earliest, err := time.Parse(time.DateOnly, dates[1])
	require.NoError(t, err)
	latest, err := time.Parse(time.DateOnly, dates[2])
	require.NoError(t, err)
	require.WithinRange(t, truth, earliest.AddDate(0, 0, -1), latest.AddDate(0, 0, 2))
	require.Contains(t, text, "=> storage")
	require.Regexp(t, `user-service \| CPU \| .* \| flat \| unknown: its ups and downs have no direction`, text)
	require.Regexp(t, `order-service \| CPU \| .* unknown: [34] of 7 points`, text)
	require.Contains(t, text, nodes.Items[0].Name+" | Node CPU | 1/")
	require.NotContains(t, text, "somebody-elses", "only what the API server shows is spoken of")
	require.Contains(t, text, "Memory is unknown: Prometheus has no such metric (prometheus.queries.memory).")
	require.Contains(t, text, "Node memory is unknown: no query is configured (prometheus.queries.node_memory).")
	require.Len(t, result.Card.Files, 1)
}
