package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/promtest"
	"opsbot/k8sops"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
	"opsbot/monitoring"
	"opsbot/testcluster"
)

// advisedRun is the command line that an answer of /scale advice offers first, "" for none.
func advisedRun(c messages.Card) string {
	for _, s := range c.Sections {
		if s.Finding != nil && s.Finding.Action != nil {
			return s.Finding.Action.Value
		}
	}
	return ""
}

// A service under load is advised to grow by what metrics-server and Prometheus measured, the button does it, and the load is shared then. What does not fit
// is not offered.
func TestLiveScaleAdvice(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane and Prometheus")
	}
	prometheus, err := monitoring.NewPrometheus(promtest.Start(t, "# TYPE nothing gauge\nnothing 1 1772442000\n"))
	require.NoError(t, err)
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLiveWith(t, database, func(c *Config) {
		c.Metrics = metrics.Source{Prometheus: prometheus, Queries: metrics.Queries{
			Latency: metrics.Query{Key: "latency", Expression: `label_replace(vector(0.75), "service", "order-service", "", "")`},
			Errors:  metrics.Query{Key: "errors", Expression: "nothing"},
			Backlog: metrics.Query{Key: "backlog"},
		}}
	})
	before := *l.deployment(t, "payment-service").Spec.Replicas
	require.NoError(t, l.cluster.Load(t.Context(), l.namespace, "payment-service", 120))
	var text, run string
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.System, "scale advice payment")
		text, run = shownCard(t, result.Card), advisedRun(result.Card)
		return strings.HasPrefix(run, "scale payment-service ")
	}, 2*time.Minute, time.Second, "nothing is advised:\n%s", text)
	require.Regexp(t, `CPU is at 1[12][0-9] % of the request`, text)
	require.Contains(t, text, "nodes: ")
	require.Contains(t, text, "Errors: not looked at for payment-service, because Prometheus has no such metric (prometheus.queries.errors).")

	all := func(role k8sops.Role) string {
		_, _, result, _ := l.do(t, role, "scale advice")
		return shownCard(t, result.Card)
	}
	everything := all(k8sops.System)
	require.Contains(t, everything, "p95 750ms; more than 500ms is too much")
	require.Regexp(t, `order-service \| \d+ \| .*⚠ 750ms`, everything)
	require.NotContains(t, everything, "not known")
	require.Contains(t, all(k8sops.Development), "Room on the nodes is not known: ", "who may not see all pods is told so")

	_, _, _, proof := l.do(t, k8sops.System, run)
	require.True(t, proof.OK)
	require.Greater(t, *l.deployment(t, "payment-service").Spec.Replicas, before)
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.System, "scale advice payment")
		text = shownCard(t, result.Card)
		return advisedRun(result.Card) == "" && strings.Contains(text, "| CPU | ") && !strings.Contains(text, "| CPU | ?")
	}, 2*time.Minute, time.Second, "the load is not shared:\n%s", text)

	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "full", Namespace: l.namespace}}
	quota.Spec.Hard = corev1.ResourceList{corev1.ResourcePods: resource.MustParse("1")}
	_, err = l.cluster.Client().CoreV1().ResourceQuotas(l.namespace).Create(t.Context(), quota, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.System, "scale advice order")
		text = shownCard(t, result.Card)
		return advisedRun(result.Card) == "" && strings.Contains(text, "so there is no button: quota full: pods ")
	}, time.Minute, 500*time.Millisecond, "a full quota is not seen:\n%s", text)
}
