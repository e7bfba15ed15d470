package scaling

import (
	"math"
	"strconv"
	"time"

	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// The handbook's rules (何时扩容), by name.
const (
	ruleCPU     = "cpu"
	ruleMemory  = "memory"
	ruleLatency = "p95"
	ruleErrors  = "errors"
	ruleBacklog = "backlog"
)

// ruling is one rule for one workload.
type ruling struct {
	rule string
	// broken: the rule says to scale out. unknown is why nobody can tell, zero where it is known.
	broken  bool
	unknown messages.Text
	// number is what was measured, in a word, and limit what it is compared with; said is both in a sentence.
	number, limit string
	said          messages.Text
	// ratio is the number over the limit, where more replicas bring it down in proportion; 0 where they need not.
	ratio float64
}

// judge applies every rule. One that cannot be applied says why, and counts as neither broken nor kept.
func (o advice) judge(w kube.Workload, m *measures) []ruling {
	use := m.use[w.Key()]
	limits := o.Thresholds
	if w.Replicas() == 0 {
		return notRunning()
	}
	return []ruling{
		m.usage(ruleCPU, use, use.cpu, ofRequest, limits.CPU, milli),
		m.usage(ruleMemory, use, use.memory, ofLimit, limits.Memory, messages.Bytes),
		m.latency.ruling(w, ruleLatency, limits.Latency.Seconds(), func(v float64) string {
			return time.Duration(v * float64(time.Second)).Round(time.Millisecond).String()
		}),
		m.errors.ruling(w, ruleErrors, limits.Errors, func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + " %" }),
		m.backlog.ruling(w, ruleBacklog, float64(limits.Backlog), func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }),
	}
}

// notRunning are the rules for what has no replicas.
func notRunning() []ruling {
	var rulings []ruling
	for _, rule := range []string{ruleCPU, ruleMemory, ruleLatency, ruleErrors, ruleBacklog} {
		rulings = append(rulings, ruling{rule: rule, limit: "–", unknown: messages.New("k8sops.advice.not_running")})
	}
	return rulings
}

func milli(n int64) string { return strconv.FormatInt(n, 10) + "m" }

// usage is the rule for CPU or memory.
func (m *measures) usage(rule string, use *podUse, s share, first base, threshold int, format func(int64) string) ruling {
	r := ruling{rule: rule, limit: strconv.Itoa(threshold) + " %"}
	of, whole := s.base(first)
	switch {
	case !m.unmeasured.IsZero():
		r.unknown = m.unmeasured
	case use.ready == 0:
		r.unknown = messages.New("k8sops.advice.no_pods")
	case use.measured == 0:
		r.unknown = messages.New("k8sops.advice.unmeasured")
	case of == ofNothing:
		r.unknown = messages.New("k8sops.advice.no_base", "rule", ruleName(rule))
	default:
		percent := percentOf(s.used, whole)
		r.number = strconv.Itoa(percent) + " %"
		if of != first {
			r.number += "*"
		}
		r.ratio, r.broken = float64(percent)/float64(threshold), percent > threshold
		pods := int64(use.measured)
		r.said = messages.New("k8sops.advice.usage", "rule", ruleName(rule), "percent", percent, "base", of.name(), "used", format(s.used/pods), "whole", format(whole/pods),
			"pods", use.measured, "ready", use.ready, "threshold", threshold, "also", s.otherBase(of))
	}
	return r
}

func (b base) name() messages.Text {
	if b == ofLimit {
		return messages.New("k8sops.advice.base.limit")
	}
	return messages.New("k8sops.advice.base.request")
}

// otherBase says what the use is of the other thing that it could be compared with, zero where there is none.
func (s share) otherBase(of base) messages.Text {
	switch {
	case of == ofRequest && !s.open && s.limit > 0:
		return messages.New("k8sops.advice.also_limit", "percent", percentOf(s.used, s.limit))
	case of == ofLimit && !s.unrequested && s.request > 0:
		return messages.New("k8sops.advice.also_request", "percent", percentOf(s.used, s.request))
	}
	return messages.Text{}
}

// ruling is the rule for what Prometheus measures.
func (a asked) ruling(w kube.Workload, rule string, threshold float64, format func(float64) string) ruling {
	r := ruling{rule: rule, limit: format(threshold), unknown: a.why}
	if !r.unknown.IsZero() {
		return r
	}
	var value float64
	if value, r.unknown = a.values.Of(w.Name); r.unknown.IsZero() {
		value = math.Max(0, value)
		r.number, r.broken = format(value), value > threshold
		r.said = messages.New("k8sops.advice.measured", "rule", ruleName(rule), "number", r.number, "threshold", r.limit)
	}
	return r
}

// ruleName is a rule as a heading of a column.
func ruleName(rule string) messages.Text {
	switch rule {
	case ruleCPU:
		return messages.New("k8sops.advice.rule.cpu")
	case ruleMemory:
		return messages.New("k8sops.advice.rule.memory")
	case ruleLatency:
		return messages.New("k8sops.advice.rule.p95")
	case ruleErrors:
		return messages.New("k8sops.advice.rule.errors")
	}
	return messages.New("k8sops.advice.rule.backlog")
}
