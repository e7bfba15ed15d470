package monitoring_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/promtest"
	"opsbot/monitoring"
)

func TestExpressionOfAnAlert(t *testing.T) {
	for address, want := range map[string]string{
		"http://prometheus:9090/graph?g0.expr=up+%3C+1&g0.tab=1": "up < 1",
		"http://prometheus:9090/graph":                           "",
		"::":                                                     "",
		"http://p/graph?g0.expr=" + strings.Repeat("x", 9<<10): strings.Repeat("x", 9<<10),
	} {
		got, ok := monitoring.Expression(address)
		require.Equal(t, want, got)
		require.Equal(t, want == "up < 1", ok, address)
	}
}

func TestThreshold(t *testing.T) {
	for expression, want := range map[string]struct {
		measured string
		limit    float64
		ok       bool
	}{
		"up < 1": {"up", 1, true},
		`sum by (pod) (rate(errors_total{job="a"}[5m])) > 0.05`: {`sum(rate(errors_total{job="a"}[5m])) by(pod)`, 0.05, true},
		"0.9 <= usage":           {"usage", 0.9, true},
		"usage > bool -1":        {"usage", -1, true},
		"free < total":           {"free", 0, false},
		"absent(up)":             {"", 0, false},
		"up < 1 and on(job) foo": {"", 0, false},
		"not promql {":           {"", 0, false},
	} {
		got, ok := monitoring.Threshold(expression)
		require.Equal(t, want.ok, ok, expression)
		if ok {
			require.Equal(t, want.measured, got.Measured)
			require.InDelta(t, want.limit, got.Limit, 0)
		}
	}
}

// begin is when the data of these tests begins; Prometheus is given it as a block, as from the past.
var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// usage are samples of every 15 s: cpu rises in one pod, stays in the other, and is missing for a while.
func usage(pods int) string {
	var b strings.Builder
	fmt.Fprintln(&b, "# TYPE usage gauge")
	for pod := range pods {
		for i := range 240 {
			if i >= 80 && i < 120 && pod == 0 {
				continue
			}
			fmt.Fprintf(&b, "usage{pod=\"p%d\",namespace=\"shop\"} %g %d\n", pod, float64(i*(pod+1))/240, begin.Add(time.Duration(i)*15*time.Second).Unix())
		}
	}
	return b.String()
}

func TestGraphOfARealPrometheus(t *testing.T) {
	address := promtest.Start(t, usage(8))
	p, err := monitoring.NewPrometheus(address)
	require.NoError(t, err)
	g, err := p.Graph(t.Context(), `usage{namespace="shop"} > 0.5`, begin, begin.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, `usage{namespace="shop"}`, g.Expression)
	require.InDelta(t, 0.5, *g.Limit, 0)
	require.Equal(t, 20*time.Second, g.Step)
	require.Len(t, g.Lines, 6)
	require.Equal(t, 2, g.More, "those that stay lowest are left out")
	require.Equal(t, "p7", g.Lines[0].Labels["pod"], "the highest first")
	require.InDelta(t, 0, g.Lines[0].Values[0], 1e-9, "also what the alert does not fire for is shown")
	require.InDelta(t, 8*120.0/240, g.Lines[0].Values[90], 0.05)

	svg, err := g.SVG(time.UTC)
	require.NoError(t, err)
	for _, text := range []string{"<svg", "pod=p7", "09:00", "= 0.5"} {
		require.Contains(t, string(svg), text)
	}
	require.NotContains(t, string(svg), "namespace=shop", "it is the same for all lines")

	one, err := p.Graph(t.Context(), `usage{pod="p0"}`, begin, begin.Add(time.Hour))
	require.NoError(t, err)
	require.Nil(t, one.Limit)
	require.True(t, math.IsNaN(one.Lines[0].Values[80]), "nothing is made up where nothing was measured for five minutes")
	none, err := p.Graph(t.Context(), "nothing", begin, begin.Add(time.Hour))
	require.NoError(t, err)
	svg, err = none.SVG(time.UTC)
	require.NoError(t, err)
	require.Empty(t, svg)
	_, err = p.Graph(t.Context(), "sum(", begin, begin.Add(time.Hour))
	require.ErrorContains(t, err, "query Prometheus")
}

// Seven services are up all the time, and one was down: the one must not be the one that is left out.
func TestGraphShowsWhatTheAlertFiresFor(t *testing.T) {
	var series []string
	for i := range 8 {
		second := "1"
		if i == 7 {
			second = "0"
		}
		series = append(series, fmt.Sprintf(`{"metric":{"job":"j%d"},"values":[[%d,"1"],[%d,%q]]}`, i, begin.Unix(), begin.Unix()+20, second))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[%s]}}`, strings.Join(series, ","))
	}))
	defer server.Close()
	p, err := monitoring.NewPrometheus(server.URL)
	require.NoError(t, err)
	for expression, first := range map[string]string{"up < 1": "j7", "1 > up": "j7", "up == 0": "j7", "up != 1": "j7", "up <= 0.5": "j7", "up >= 1": "j0", "up": "j0"} {
		g, err := p.Graph(t.Context(), expression, begin, begin.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, first, g.Lines[0].Labels["job"], expression)
		require.Equal(t, 2, g.More)
	}
}

func TestGraphEscapesLabels(t *testing.T) {
	g := monitoring.Graph{From: begin, To: begin.Add(time.Minute), Step: 30 * time.Second, Lines: []monitoring.Line{
		{Labels: map[string]string{"pod": "</text><script>alert(1)</script>"}, Values: []float64{1, math.NaN(), 20_000}},
		{Labels: map[string]string{"pod": "b"}, Values: []float64{math.NaN(), math.NaN(), math.NaN()}},
	}}
	svg, err := g.SVG(time.UTC)
	require.NoError(t, err)
	require.NotContains(t, string(svg), "<script>")
	require.Contains(t, string(svg), "20 k")
}

func TestPrometheusThatIsAway(t *testing.T) {
	p, err := monitoring.NewPrometheus("http://127.0.0.1:1")
	require.NoError(t, err)
	_, err = p.Graph(context.Background(), "up", begin, begin.Add(time.Hour))
	require.ErrorContains(t, err, "query Prometheus")
	_, err = monitoring.NewPrometheus("::")
	require.ErrorContains(t, err, "prometheus.url")
}
