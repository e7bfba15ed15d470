package monitoring

import (
	"fmt"
	"time"

	"github.com/go-analyze/charts"
)

// DailyPNG draws lines over days, in percent, as a picture that chats show. NaN is a gap.
func DailyPNG(days []time.Time, names []string, lines [][]float64) ([]byte, error) {
	values := [][]float64{}
	for _, line := range lines {
		values = append(values, drawable(line))
	}
	labels := make([]string, len(days))
	for i, day := range days {
		labels[i] = day.UTC().Format("01-02")
	}
	option := charts.NewLineChartOptionWithData(values)
	option.XAxis = charts.XAxisOption{Labels: labels, LabelCount: 10, BoundaryGap: charts.Ptr(false)}
	option.Legend = charts.LegendOption{SeriesNames: names, FontStyle: charts.FontStyle{FontSize: 9}}
	option.Symbol, option.LineStrokeWidth = charts.Symbol{Shape: charts.SymbolNone}, 2
	option.ValueFormatter = func(v float64) string { return shortNumber(v) + " %" }
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: chartWidth, Height: chartHeight})
	if err := painter.LineChart(option); err != nil {
		return nil, fmt.Errorf("draw the use of days: %w", err)
	}
	return painter.Bytes()
}
