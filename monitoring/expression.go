package monitoring

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/VictoriaMetrics/metricsql"
)

// maxExpression bounds what is taken from an alert: its source is whoever may send webhooks.
const maxExpression = 8 << 10

// Expression is the PromQL of an alert's rule, which Prometheus puts into the alert's generator URL. ok is false where that has
// none.
func Expression(generatorURL string) (expression string, ok bool) {
	u, err := url.Parse(generatorURL)
	if err != nil {
		return "", false
	}
	expression = u.Query().Get("g0.expr")
	return expression, expression != "" && len(expression) <= maxExpression
}

// Comparison is the expression of an alert that compares with a number, such as `up < 1`, taken apart: on its own it would show only
// the samples that hold it.
type Comparison struct {
	Measured string
	Limit    float64
	op       string
}

// Threshold reads a Comparison; ok is false for any other expression.
func Threshold(expression string) (c Comparison, ok bool) {
	parsed, err := metricsql.Parse(expression)
	if err != nil {
		return c, false
	}
	comparison, isBinary := parsed.(*metricsql.BinaryOpExpr)
	if !isBinary || !metricsql.IsBinaryOpCmp(comparison.Op) {
		return c, false
	}
	left, right, op := comparison.Left, comparison.Right, comparison.Op
	if _, isNumber := number(left); isNumber {
		left, right, op = right, left, mirrored(op)
	}
	limit, ok := number(right)
	return Comparison{string(left.AppendString(nil)), limit, op}, ok
}

// mirrored is the operator that says the same with the sides exchanged.
func mirrored(op string) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(op)
}

// holds reports whether the alert fires for a value; never for NaN, which stands for none.
func (c Comparison) holds(v float64) bool {
	switch c.op {
	case "<":
		return v < c.Limit
	case "<=":
		return v <= c.Limit
	case ">":
		return v > c.Limit
	case ">=":
		return v >= c.Limit
	case "==":
		return v == c.Limit
	default:
		return v < c.Limit || v > c.Limit
	}
}

func number(e metricsql.Expr) (float64, bool) {
	switch e := e.(type) {
	case *metricsql.NumberExpr:
		return e.N, true
	case *metricsql.DurationExpr: // metricsql reads 5m as one, Prometheus never compares with it
		return 0, false
	default:
		n, err := strconv.ParseFloat(string(e.AppendString(nil)), 64)
		return n, err == nil
	}
}
