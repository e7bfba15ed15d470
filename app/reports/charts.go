package reports

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"opsbot/configs"
	"opsbot/escalation/report"
	"opsbot/messages"
	"opsbot/monitoring"
)

const (
	// chartsOfReport is how many charts a report has: those of the worst alerts.
	chartsOfReport = 3
	chartBefore    = 30 * time.Minute
	chartAfter     = 10 * time.Minute
)

// Charts draws how the expressions of an incident's alerts went. Where it is nil, nothing does.
type Charts struct {
	prometheus *monitoring.Prometheus
	now        func() time.Time
	log        *zap.Logger
}

// NewCharts returns nil where no Prometheus is configured.
func NewCharts(c configs.Config, now func() time.Time, log *zap.Logger) (*Charts, error) {
	if c.Prometheus.URL.Empty() {
		return nil, nil
	}
	prometheus, err := monitoring.NewPrometheus(c.Prometheus.URL.Reveal())
	return &Charts{prometheus, now, log}, err
}

func (g *Charts) of(ctx context.Context, r report.Report) []report.Chart {
	if g == nil {
		return nil
	}
	from, to := r.Incident.OpenedAt.Add(-chartBefore), g.now()
	if end := r.Incident.ResolvedAt.Add(chartAfter); !r.Incident.ResolvedAt.IsZero() && end.Before(to) {
		to = end
	}
	var expressions []string
	for _, address := range r.GeneratorURLs() {
		if e, ok := monitoring.Expression(address); ok && !slices.Contains(expressions, e) {
			expressions = append(expressions, e)
		}
	}
	var charts []report.Chart
	for _, e := range expressions[:min(chartsOfReport, len(expressions))] {
		charts = append(charts, g.chart(ctx, e, from, to))
	}
	return charts
}

// chart says why where there is no picture: a report is made all the same.
func (g *Charts) chart(ctx context.Context, expression string, from, to time.Time) report.Chart {
	chart := report.Chart{Expression: expression}
	graph, err := g.prometheus.Graph(ctx, expression, from, to)
	if err == nil {
		chart.SVG, err = graph.SVG(time.UTC)
	}
	switch {
	case err != nil:
		g.log.Warn("no chart", zap.String("expression", expression), zap.Error(err))
		chart.Problem = messages.New("chart.failed", "cause", err)
	case len(chart.SVG) == 0:
		chart.Problem = messages.New("chart.empty")
	}
	return chart
}
