package oncall

import (
	"fmt"
	"regexp"
)

// Rule routes alerts whose label matches Pattern (a regular expression on the whole value) to Role. The alert's name
// is the label "alertname".
type Rule struct {
	Label   string
	Pattern string
	Role    Role
}

// Routing finds the role for an alert: a label that names it, otherwise the first rule that matches, otherwise the default.
type Routing struct {
	labels   []string
	rules    []compiledRule
	fallback Role
}

type compiledRule struct {
	Rule
	pattern *regexp.Regexp
}

// NewRouting compiles rules. labels are the names of labels whose value is a role (ParseRole), in order of preference.
func NewRouting(labels []string, rules []Rule, fallback Role) (Routing, error) {
	r := Routing{labels: labels, fallback: fallback}
	for i, rule := range rules {
		pattern, err := regexp.Compile("^(?:" + rule.Pattern + ")$")
		if err != nil {
			return Routing{}, fmt.Errorf("routing rules[%d].pattern: %w", i, err)
		}
		if rule.Label == "" {
			return Routing{}, fmt.Errorf("routing rules[%d].label: missing", i)
		}
		if _, ok := ParseRole(string(rule.Role)); !ok {
			return Routing{}, fmt.Errorf("routing rules[%d].role: %q is not a role", i, rule.Role)
		}
		r.rules = append(r.rules, compiledRule{rule, pattern})
	}
	return r, nil
}

// DefaultRules express the handbook's responsibilities (紧急联系人, 职责) by labels.
func DefaultRules() []Rule {
	const (
		database = `(?i)(.*[-_])?(postgres(ql)?|pg|redis|database|db)([-_].*)?`
		network  = `(?i)(.*[-_])?(ingress|network|dns|coredns|nginx-ingress)([-_].*)?`
	)
	rules := []Rule{}
	for _, label := range []string{"service", "app", "job"} {
		rules = append(rules, Rule{label, database, DBA}, Rule{label, network, Network})
	}
	return append(rules,
		Rule{"alertname", `(?i).*(postgres|redis|database|disk|replication).*`, DBA},
		Rule{"alertname", `(?i).*(ingress|network|dns).*`, Network},
		Rule{"tier", `backend`, Development},
	)
}

// Role for an alert with the given labels.
func (r Routing) Role(labels map[string]string) Role {
	for _, label := range r.labels {
		if role, ok := ParseRole(labels[label]); ok {
			return role
		}
	}
	for _, rule := range r.rules {
		if value, ok := labels[rule.Label]; ok && rule.pattern.MatchString(value) {
			return rule.Role
		}
	}
	if r.fallback == "" {
		return System
	}
	return r.fallback
}
