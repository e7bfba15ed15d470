package monitoring

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/go-analyze/charts"
)

// The size of a chart in pixels; a page may scale it.
const (
	chartWidth  = 760
	chartHeight = 300
)

// SVG draws the graph with times of the given zone, as a picture to be put into a page. It is empty when there is nothing to draw.
func (g Graph) SVG(zone *time.Location) ([]byte, error) {
	if len(g.Lines) == 0 {
		return nil, nil
	}
	values, names := g.lines()
	option := charts.NewLineChartOptionWithData(values)
	option.XAxis = charts.XAxisOption{Labels: g.times(zone), LabelCount: 8, BoundaryGap: charts.Ptr(false)}
	option.Legend = charts.LegendOption{SeriesNames: names, FontStyle: charts.FontStyle{FontSize: 9}}
	option.Symbol, option.LineStrokeWidth = charts.Symbol{Shape: charts.SymbolNone}, 1.5
	option.ValueFormatter = shortNumber
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: chartHeight})
	if err := painter.LineChart(option); err != nil {
		return nil, fmt.Errorf("draw %s: %w", g.Expression, err)
	}
	return painter.Bytes()
}

// lines are the limit, if there is one, and those of the graph.
func (g Graph) lines() (values [][]float64, names []string) {
	if g.Limit != nil {
		level := make([]float64, len(g.Lines[0].Values))
		for i := range level {
			level[i] = *g.Limit
		}
		values, names = append(values, level), append(names, "= "+shortNumber(*g.Limit))
	}
	same := g.sameLabels()
	for _, line := range g.Lines {
		values = append(values, drawable(line.Values))
		names = append(names, line.name(same))
	}
	return values, names
}

func drawable(values []float64) []float64 {
	drawn := slices.Clone(values)
	for i, v := range drawn {
		if math.IsNaN(v) {
			drawn[i] = charts.GetNullValue()
		}
	}
	return drawn
}

// sameLabels are the labels that do not tell the lines apart.
func (g Graph) sameLabels() map[string]string {
	same := maps.Clone(g.Lines[0].Labels)
	if len(g.Lines) > 1 {
		for _, line := range g.Lines[1:] {
			maps.DeleteFunc(same, func(name, value string) bool { return line.Labels[name] != value })
		}
	}
	return same
}

// longestName keeps a legend on the chart.
const longestName = 90

func (l Line) name(without map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(l.Labels)) {
		if _, isSame := without[name]; !isSame && name != "__name__" {
			parts = append(parts, name+"="+l.Labels[name])
		}
	}
	text := strings.Join(parts, " ")
	if text == "" {
		text = l.Labels["__name__"]
	}
	if runes := []rune(text); len(runes) > longestName {
		text = string(runes[:longestName-1]) + "…"
	}
	return text
}

func (g Graph) times(zone *time.Location) []string {
	labels := make([]string, len(g.Lines[0].Values))
	for i := range labels {
		labels[i] = g.From.Add(time.Duration(i) * g.Step).In(zone).Format("15:04")
	}
	return labels
}

// shortNumber has four digits that count, and a unit for large ones.
func shortNumber(v float64) string {
	if math.Abs(v) >= 10_000 {
		return strings.TrimSpace(humanize.SIWithDigits(v, 2, ""))
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
