package jobs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReportsAreFoundInLogs(t *testing.T) {
	for _, c := range []struct {
		name, marker, log string
		want              Figures
	}{
		{"marked", "report:", "starting\nreport: {\"p95\": 1}\nreport: {\"p95\": 40.5, \"requests\": 10}\ndone", Figures{"p95": 40.5, "requests": 10}},
		{"marked, others ignored", "report:", "report: {\"p95\": 1}\n{\"p95\": 2}", Figures{"p95": 1}},
		{"last object", "", "{\"p95\": 1}\n{\"p95\": 2}\n{broken", Figures{"p95": 2}},
		{"numbers only", "", `{"passed": 41, "failed": 1, "suite": "orders", "ok": true, "none": null, "list": [1]}`, Figures{"passed": 41, "failed": 1}},
		{"k6", "", "running\n" + k6Summary + "\n", Figures{"p50": 12, "p95": 40, "p99": 90, "requests": 500, "errors": 0.02}},
		{"k6 --summary-export", "", k6Export, Figures{"p50": 12, "p95": 40, "requests": 500, "errors": 0.5}},
		{"k6 without requests", "", `{"metrics": {}}`, nil},
		{"none", "", "hello\nworld", nil},
		{"cut short", "report:", `report: {"p95": 4`, nil},
		{"binary", "", "\x00\x01{\xff}\n{\"a", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, readReport(strings.Split(c.log, "\n"), c.marker))
		})
	}
	require.Equal(t, Figures{"p95": 7}, readReport(append(strings.Split(strings.Repeat("{\n", 20), "\n"), `{"p95": 7}`), ""))
}

const k6Summary = `{
  "metrics": {
    "http_req_duration": {"type": "trend", "values": {"avg": 20.1, "med": 12, "p(90)": 33, "p(95)": 40, "p(99)": 90}},
    "http_req_failed": {"type": "rate", "values": {"rate": 0.02, "passes": 10, "fails": 490}},
    "http_reqs": {"type": "counter", "values": {"count": 500, "rate": 8.3}}
  },
  "root_group": {"name": ""}
}`

const k6Export = `{"metrics": {"http_req_duration": {"med": 12, "p(95)": 40}, "http_req_failed": {"value": 0.5}, "http_reqs": {"count": 500, "rate": 8}}}`

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		now, before float64
		want        string
	}{{110, 100, "+10 %"}, {50, 100, "-50 %"}, {3, 3, "0 %"}, {0, 0, "0 %"}, {1, 0, "–"}} {
		require.Equal(t, c.want, difference(true, c.now, c.before))
	}
	require.Equal(t, "–", difference(false, 1, 0))
	require.Equal(t, "1.25 %", shown(errorRatio, 0.0125))
	require.Equal(t, "12.5 ms", shown(p95Latency, 12.49))
	require.Equal(t, "123456", shown(requestCount, 123456))
}
