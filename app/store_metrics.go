package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"opsbot/store"
)

// storeCollector reads the backlog figures of the store when /metrics is asked for: what waits, and since when.
type storeCollector struct {
	store                                                      *store.Store
	watchdog                                                   string // its alert, "" where there is none
	journal, quarantined, incidents, outbox, outboxAge, leader *prometheus.Desc
	heard                                                      *prometheus.Desc
}

func newStoreCollector(s *store.Store, watchdog string) *storeCollector {
	gauge := func(name, help string) *prometheus.Desc { return prometheus.NewDesc("opsbot_"+name, help, nil, nil) }
	return &storeCollector{
		store:       s,
		watchdog:    watchdog,
		journal:     gauge("journal_pending", "Alertmanager deliveries that are not processed yet."),
		quarantined: gauge("journal_quarantined", "Deliveries that could not be understood and were set aside."),
		incidents:   gauge("incidents_active", "Incidents that are not resolved."),
		outbox:      gauge("outbox_pending", "Messages that Slack does not show yet as wanted."),
		outboxAge:   gauge("outbox_oldest_seconds", "Age of the oldest such message."),
		leader:      gauge("leader", "1 for the opsbot that sends messages and watches deadlines, 0 for the others that share its database."),
		heard:       gauge("watchdog_heard_timestamp_seconds", "When the dead man's switch came last; 0 for never."),
	}
}

// Describe implements prometheus.Collector.
func (c *storeCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.journal, c.quarantined, c.incidents, c.outbox, c.outboxAge, c.leader, c.heard} {
		out <- d
	}
}

// Collect implements prometheus.Collector. A store that does not answer shows as missing figures, not as a hanging scrape.
func (c *storeCollector) Collect(out chan<- prometheus.Metric) {
	leader := 0.0
	if c.store.Leading() {
		leader = 1
	}
	out <- prometheus.MustNewConstMetric(c.leader, prometheus.GaugeValue, leader)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	stats, err := c.store.Stats(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.journal, err)
		return
	}
	c.collectWatchdog(ctx, out)
	age := 0.0
	if !stats.OutboxOldest.IsZero() {
		age = time.Since(stats.OutboxOldest).Seconds()
	}
	for desc, value := range map[*prometheus.Desc]float64{
		c.journal: float64(stats.JournalPending), c.quarantined: float64(stats.JournalQuarantined), c.incidents: float64(stats.IncidentsActive),
		c.outbox: float64(stats.OutboxPending), c.outboxAge: age,
	} {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
}

func (c *storeCollector) collectWatchdog(ctx context.Context, out chan<- prometheus.Metric) {
	if c.watchdog == "" {
		return
	}
	h, err := c.store.Heartbeat(ctx, c.watchdog)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.heard, err)
		return
	}
	seconds := 0.0
	if !h.At.IsZero() {
		seconds = float64(h.At.UnixMilli()) / 1000
	}
	out <- prometheus.MustNewConstMetric(c.heard, prometheus.GaugeValue, seconds)
}
