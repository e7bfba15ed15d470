package app

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/httpapi"
	"opsbot/store"
)

// metrics are what opsbot says of itself at /metrics.
type metrics struct {
	registry *prometheus.Registry
	webhooks *prometheus.HistogramVec
	repairs  *prometheus.CounterVec
	failures *prometheus.CounterVec
	pages    *prometheus.CounterVec
	refusals *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opsbot_webhook_seconds", Help: "Time from an Alertmanager delivery to its answer.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"outcome"}),
		repairs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opsbot_reconciled_alerts_total", Help: "Alerts whose firing or end Alertmanager's API told, because no webhook did.",
		}, []string{"change"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opsbot_outbox_failed_total", Help: "Requests for messages that Slack did not grant, by its error code or by what went wrong; most are tried again.",
		}, []string{"error"}),
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opsbot_pages_total", Help: "Pages that a channel's provider took (delivered), and that came to nothing (failed).",
		}, []string{"via", "outcome"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "opsbot_webhook_refused_total", Help: "Deliveries of alerts that were refused for good, by cause: token, size, version or content.",
		}, []string{"cause"}),
	}
	for _, cause := range httpapi.RefusalCauses() {
		m.refusals.WithLabelValues(string(cause)) // all series are there from the start
	}
	m.repaired(0, 0) // both series are there from the start
	m.registry.MustRegister(m.webhooks, m.repairs, m.failures, m.pages, m.refusals, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) webhook(outcome string, took time.Duration) {
	m.webhooks.WithLabelValues(outcome).Observe(took.Seconds())
}

func (m *metrics) refused(cause httpapi.RefusalCause) {
	m.refusals.WithLabelValues(string(cause)).Inc()
}

func (m *metrics) repaired(fired, ended int) {
	m.repairs.WithLabelValues("fired").Add(float64(fired))
	m.repairs.WithLabelValues("ended").Add(float64(ended))
}

func (m *metrics) requestFailed(code string) { m.failures.WithLabelValues(code).Inc() }

func (m *metrics) page(via oncall.Via, state incident.PageState) {
	m.pages.WithLabelValues(string(via), string(state)).Inc()
}

// handler adds the gauges that are read when somebody asks.
func (m *metrics) handler(s *store.Store, slack *slackState, watchdog string) http.Handler {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "opsbot_slack_sockets", Help: "Socket Mode connections on which Slack has said hello."},
			func() float64 { return float64(slack.connected()) }),
		newStoreCollector(s, watchdog),
	)
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
