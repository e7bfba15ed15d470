package monitoring

import (
	"context"
	"fmt"
	"time"

	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// Query hands over every series that an expression has now, one at a time. The labels are the visitor's to keep.
func (p *Prometheus) Query(ctx context.Context, expression string, at time.Time, visit func(labels map[string]string, value float64)) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	answer, _, _, err := p.api.Query(ctx, expression, at, promv1.WithTimeout(queryLimit))
	if err != nil {
		return fmt.Errorf("query Prometheus: %w", err)
	}
	vector, ok := answer.(model.Vector)
	if !ok {
		return fmt.Errorf("query Prometheus: the answer is a %s, want a vector", typeOf(answer))
	}
	for _, sample := range vector {
		visit(labelsOf(sample.Metric), float64(sample.Value))
	}
	return nil
}

// QueryRange hands over every series that an expression had between two times, one at a time, with the times of its samples, of which
// there is at most one for each step.
func (p *Prometheus) QueryRange(
	ctx context.Context, expression string, from, to time.Time, step time.Duration, visit func(labels map[string]string, at []time.Time, values []float64),
) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	answer, _, _, err := p.api.QueryRange(ctx, expression, promv1.Range{Start: from, End: to, Step: step}, promv1.WithTimeout(queryLimit))
	if err != nil {
		return fmt.Errorf("query Prometheus: %w", err)
	}
	matrix, ok := answer.(model.Matrix)
	if !ok {
		return fmt.Errorf("query Prometheus: the answer is a %s, want a matrix", typeOf(answer))
	}
	for _, stream := range matrix {
		at, values := make([]time.Time, len(stream.Values)), make([]float64, len(stream.Values))
		for i, sample := range stream.Values {
			at[i], values[i] = sample.Timestamp.Time(), float64(sample.Value)
		}
		visit(labelsOf(stream.Metric), at, values)
	}
	return nil
}

// typeOf also names an answer that is none.
func typeOf(answer model.Value) string {
	if answer == nil {
		return "none"
	}
	return answer.Type().String()
}

func labelsOf(metric model.Metric) map[string]string {
	labels := make(map[string]string, len(metric))
	for name, value := range metric {
		labels[string(name)] = string(value)
	}
	return labels
}
