package demo

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/testcluster"
)

// startPrometheus starts a Prometheus with a past of a month, which a demo has not got, under the names that cAdvisor, the kubelet and client
// libraries use. It goes on for some hours, so that the demo has a present.
func (d *demo) startPrometheus(ctx context.Context) error {
	nodes, err := d.cluster.Client().CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var names []string
	for _, n := range nodes.Items {
		names = append(names, n.Name)
	}
	d.prometheus, err = testcluster.StartPrometheus(ctx, history(time.Now(), names))
	if err != nil {
		return err
	}
	d.teardown.Add("Prometheus", func(context.Context) error { return d.prometheus.Close() })
	return nil
}

const (
	pastDays  = 30
	nextHours = 6
	// claimFull is in how many days the database's claim of 10 GiB is full.
	claimFull = 12
	// slowService is what takes too long now: of its requests, 90 % take up to 0.5 s, the others up to a second.
	slowService = "payment-service"
	slowP95     = 750 * time.Millisecond
)

// past writes series in the text form of OpenMetrics.
type past struct {
	strings.Builder
	now time.Time
}

func (p *past) family(name, kind string) { fmt.Fprintf(p, "# TYPE %s %s\n", name, kind) }

// series writes a sample for every step, of a function of the days since the beginning.
func (p *past) series(name string, since, step time.Duration, value func(days float64) float64) {
	begin := p.now.Add(-since)
	for t := begin; t.Before(p.now.Add(nextHours * time.Hour)); t = t.Add(step) {
		fmt.Fprintf(p, "%s %f %d\n", name, value(t.Sub(begin).Hours()/24), t.Unix())
	}
}

// history is the month before now.
func history(now time.Time, nodes []string) string {
	const month, sample = pastDays * 24 * time.Hour, 5 * time.Minute
	p := &past{now: now.Truncate(time.Minute)}
	p.family("container_cpu_usage_seconds", "counter")
	cpu := map[string]func(float64) float64{ // cores on average, and how many more every day
		"user-service": rising(0.04, 0.001), "order-service": rising(0.03, 0), "payment-service": rising(0.02, 0.0004),
	}
	for _, name := range []string{"user-service", "order-service", "payment-service"} {
		p.series(fmt.Sprintf(`container_cpu_usage_seconds_total{namespace=%q,pod="%s-6d4b75cb6d-hwxfz",container=%q}`, testcluster.PlatformNamespace, name, name), month, sample, cpu[name])
	}
	for _, node := range nodes {
		p.series(fmt.Sprintf(`container_cpu_usage_seconds_total{id="/",node=%q}`, node), month, sample, rising(1, 0.01))
	}
	p.family("container_memory_working_set_bytes", "gauge")
	p.series(fmt.Sprintf(`container_memory_working_set_bytes{namespace=%q,pod="user-service-6d4b75cb6d-hwxfz",container="user-service"}`, testcluster.PlatformNamespace), month, sample,
		func(days float64) float64 { return 60<<20 + days*(1<<19) + (4<<20)*math.Sin(days*2*math.Pi) })
	p.family("kubelet_volume_stats_used_bytes", "gauge")
	p.series(fmt.Sprintf(`kubelet_volume_stats_used_bytes{namespace=%q,persistentvolumeclaim="postgres-data"}`, testcluster.PlatformNamespace), month, sample,
		func(days float64) float64 { return (10 << 30) * (1 - (pastDays+claimFull-days)*0.015) })
	p.requests()
	return p.String()
}

// rising is a counter whose rate has a daily cycle, and grows.
func rising(rate, growth float64) func(days float64) float64 {
	return func(days float64) float64 {
		return 86400 * (rate*days + growth*days*days/2 + rate*0.3*(1-math.Cos(days*2*math.Pi))/(2*math.Pi))
	}
}

// requests are those of the last hours.
func (p *past) requests() {
	const since, sample, aDay = 2 * time.Hour, time.Minute, 86400.0 * 10
	p.family("http_request_duration_seconds", "histogram")
	for _, service := range []string{"user-service", slowService} {
		half := aDay
		if service == slowService {
			half = aDay * 0.9
		}
		for _, bucket := range []struct {
			le   string
			rate float64
		}{{"0.1", aDay * 0.5}, {"0.5", half}, {"1.0", aDay}, {"+Inf", aDay}} {
			p.series(fmt.Sprintf(`http_request_duration_seconds_bucket{namespace=%q,service=%q,le=%q}`, testcluster.PlatformNamespace, service, bucket.le), since, sample,
				func(days float64) float64 { return math.Floor(days * bucket.rate) })
		}
	}
	p.family("http_requests", "counter")
	for _, service := range []string{"user-service", slowService} {
		for _, answer := range []struct {
			code string
			rate float64
		}{{"200", aDay * 0.995}, {"500", aDay * 0.005}} {
			p.series(fmt.Sprintf(`http_requests_total{namespace=%q,service=%q,code=%q}`, testcluster.PlatformNamespace, service, answer.code), since, sample,
				func(days float64) float64 { return math.Floor(days * answer.rate) })
		}
	}
}
