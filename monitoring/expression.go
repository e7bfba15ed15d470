package monitoring

import (
	"net/url"
	"strconv"

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

// Threshold takes a comparison with a number apart, such as `up < 1`: what is compared, and with what. The comparison itself
// would show only the samples that hold it. ok is false for any other expression.
func Threshold(expression string) (measured string, limit float64, ok bool) {
	parsed, err := metricsql.Parse(expression)
	if err != nil {
		return "", 0, false
	}
	comparison, isBinary := parsed.(*metricsql.BinaryOpExpr)
	if !isBinary || !metricsql.IsBinaryOpCmp(comparison.Op) {
		return "", 0, false
	}
	left, right := comparison.Left, comparison.Right
	if _, isNumber := number(left); isNumber {
		left, right = right, left
	}
	limit, ok = number(right)
	return string(left.AppendString(nil)), limit, ok
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
