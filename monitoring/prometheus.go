package monitoring

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

const (
	// queryLimit bounds one answer: a report is not worth more of Prometheus' time.
	queryLimit = 5 * time.Second
	// graphPoints is how many points a line has, about one for each four pixels.
	graphPoints = 180
	// graphLines is how many lines can be told apart.
	graphLines = 6
)

// Prometheus is a server that answers queries.
type Prometheus struct {
	api promv1.API
	// patience is how long an answer may take, whatever the server thinks of its own limit.
	patience time.Duration
}

// NewPrometheus connects to nothing yet. base may hold user and password.
func NewPrometheus(base string) (*Prometheus, error) {
	client, err := api.NewClient(api.Config{Address: base, RoundTripper: shortAnswers{api.DefaultRoundTripper}})
	if err != nil {
		return nil, fmt.Errorf("prometheus.url: %w", err)
	}
	return &Prometheus{promv1.NewAPI(client), 2 * queryLimit}, nil
}

// maxAnswer is the most bytes of an answer: some thousand series, of which six are drawn. The expression comes with a webhook.
const maxAnswer = 16 << 20

// shortAnswers breaks off answers that are longer.
type shortAnswers struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s shortAnswers) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	}
	return resp, err
}

// Graph is how an expression went over a span of time.
type Graph struct {
	Expression string
	// Limit is what the alert compares it with; nil where it does not compare with a number.
	Limit    *float64
	From, To time.Time
	// Step is the time between two points.
	Step  time.Duration
	Lines []Line
	// More counts the lines that were left out.
	More int
}

// Line is one series.
type Line struct {
	Labels map[string]string
	// Values has one value for each step, NaN where there was none.
	Values []float64
}

// Graph asks how the alert's expression went from one time to another. The lines for which the alert fires longest come first, then
// the highest.
func (p *Prometheus) Graph(ctx context.Context, expression string, from, to time.Time) (Graph, error) {
	g := Graph{Expression: expression, From: from, To: to, Step: max(to.Sub(from)/graphPoints, time.Second).Round(time.Second)}
	comparison, isComparison := Threshold(expression)
	if isComparison {
		g.Expression, g.Limit = comparison.Measured, &comparison.Limit
	}
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	answer, _, _, err := p.api.QueryRange(ctx, g.Expression, promv1.Range{Start: from, End: to, Step: g.Step}, promv1.WithTimeout(queryLimit))
	if err != nil {
		return Graph{}, fmt.Errorf("query Prometheus: %w", err)
	}
	matrix, ok := answer.(model.Matrix)
	if !ok {
		return Graph{}, fmt.Errorf("query Prometheus: the answer is a %s, want a matrix", answer.Type())
	}
	for _, stream := range matrix {
		g.Lines = append(g.Lines, g.line(stream))
	}
	slices.SortStableFunc(g.Lines, func(a, b Line) int {
		if isComparison {
			if byFiring := cmp.Compare(b.count(comparison.holds), a.count(comparison.holds)); byFiring != 0 {
				return byFiring
			}
		}
		return cmp.Compare(b.highest(), a.highest())
	})
	if len(g.Lines) > graphLines {
		g.More = len(g.Lines) - graphLines
		g.Lines = g.Lines[:graphLines]
	}
	return g, nil
}

func (g Graph) line(stream *model.SampleStream) Line {
	line := Line{Labels: map[string]string{}, Values: make([]float64, int(g.To.Sub(g.From)/g.Step)+1)}
	for name, value := range stream.Metric {
		line.Labels[string(name)] = string(value)
	}
	for i := range line.Values {
		line.Values[i] = math.NaN()
	}
	for _, sample := range stream.Values {
		i := int(sample.Timestamp.Time().Sub(g.From).Round(g.Step) / g.Step)
		if v := float64(sample.Value); i >= 0 && i < len(line.Values) && !math.IsInf(v, 0) {
			line.Values[i] = v
		}
	}
	return line
}

func (l Line) count(is func(float64) bool) int {
	n := 0
	for _, v := range l.Values {
		if is(v) {
			n++
		}
	}
	return n
}

func (l Line) highest() float64 {
	highest := math.Inf(-1)
	for _, v := range l.Values {
		if v > highest { // never true for NaN
			highest = v
		}
	}
	return highest
}
