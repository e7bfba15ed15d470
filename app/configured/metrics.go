package configured

import (
	"opsbot/configs"
	"opsbot/k8sops/metrics"
	"opsbot/monitoring"
)

// Metrics are what operations on Kubernetes ask Prometheus.
func Metrics(c configs.Prometheus) (metrics.Source, error) {
	query := func(key, expression string) metrics.Query { return metrics.Query{Key: key, Expression: expression} }
	q := c.Queries
	source := metrics.Source{Queries: metrics.Queries{
		Latency: query("latency", q.Latency), Errors: query("errors", q.Errors), Backlog: query("backlog", q.Backlog),
		CPU: query("cpu", q.CPU), Memory: query("memory", q.Memory), NodeCPU: query("node_cpu", q.NodeCPU), NodeMemory: query("node_memory", q.NodeMemory),
		Storage: query("storage", q.Storage),
	}}
	if c.URL.Empty() {
		return source, nil
	}
	prometheus, err := monitoring.NewPrometheus(c.URL.Reveal())
	if err != nil {
		return source, err
	}
	source.Prometheus = prometheus
	return source, nil
}
