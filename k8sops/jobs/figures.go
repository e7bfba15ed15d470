package jobs

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Figures are what a report says, by name: p50, p95 and p99 in milliseconds, errors as a ratio, requests as a count, and whatever other
// numbers it has.
type Figures map[string]float64

// The figures of a load test.
const (
	medianLatency = "p50"
	p95Latency    = "p95"
	p99Latency    = "p99"
	errorRatio    = "errors"
	requestCount  = "requests"
)

// maxFigures bounds what a report may say.
const maxFigures = 12

// names are the figures in the order in which they are shown.
func (f Figures) names() []string {
	var names []string
	for _, name := range []string{requestCount, medianLatency, p95Latency, p99Latency, errorRatio} {
		if _, has := f[name]; has {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names[:min(len(names), maxFigures)]
}

// maxTries bounds how often a JSON object is looked for in a log that only looks like many of them.
const maxTries = 50

// readReport reads the last report in a log: a JSON object behind the marker, or the last one that has figures. It may take several lines,
// as k6 prints its summary. Nil where there is none.
func readReport(lines []string, marker string) Figures {
	tries := 0
	for i := len(lines) - 1; i >= 0 && tries < maxTries; i-- {
		rest, marked := strings.CutPrefix(strings.TrimSpace(lines[i]), marker)
		if !marked || !strings.HasPrefix(strings.TrimSpace(rest), "{") {
			continue
		}
		tries++
		object := rest + "\n" + strings.Join(lines[i+1:], "\n")
		if figures := parseReport(object); figures != nil {
			return figures
		}
	}
	return nil
}

// parseReport reads the JSON object that text begins with.
func parseReport(text string) Figures {
	var report map[string]json.RawMessage
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&report); err != nil {
		return nil
	}
	if metrics, isK6 := report["metrics"]; isK6 {
		return k6Figures(metrics)
	}
	figures := Figures{}
	for name, value := range report {
		var n float64
		if json.Unmarshal(value, &n) == nil && len(name) <= 40 && len(figures) < 100 && string(value) != "null" {
			figures[name] = n
		}
	}
	if len(figures) == 0 {
		return nil
	}
	return figures
}

// k6Figures reads the summary that k6 gives to handleSummary, and that of --summary-export, which has no level "values".
func k6Figures(data json.RawMessage) Figures {
	var metrics map[string]map[string]json.RawMessage
	if json.Unmarshal(data, &metrics) != nil {
		return nil
	}
	figures := Figures{}
	for name, source := range map[string][2]string{
		medianLatency: {"http_req_duration", "med"}, p95Latency: {"http_req_duration", "p(95)"}, p99Latency: {"http_req_duration", "p(99)"},
		requestCount: {"http_reqs", "count"}, errorRatio: {"http_req_failed", "rate"},
	} {
		if n, has := k6Value(metrics[source[0]], source[1]); has {
			figures[name] = n
		}
	}
	if n, has := k6Value(metrics["http_req_failed"], "value"); has {
		figures[errorRatio] = n
	}
	if len(figures) == 0 {
		return nil
	}
	return figures
}

func k6Value(metric map[string]json.RawMessage, name string) (n float64, has bool) {
	if values, nested := metric["values"]; nested {
		metric = nil
		if json.Unmarshal(values, &metric) != nil {
			return 0, false
		}
	}
	value, has := metric[name]
	if !has || json.Unmarshal(value, &n) != nil {
		return 0, false
	}
	return n, true
}
