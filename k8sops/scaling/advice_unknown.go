package scaling

import (
	"reflect"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// shownUnknown is how many workloads are named for each reason.
const shownUnknown = 5

// gap is a reason why rules could not be applied to workloads.
type gap struct {
	reason    messages.Text
	rules     []messages.Text
	workloads []string
}

// unknowns say why which rules could not be applied, and to which workloads. Rules that fail to be for the same reason at the same workloads are one line.
func unknowns(verdicts []verdict) []messages.Text {
	var gaps []gap
	for _, g := range gapsByRule(verdicts) {
		same := slices.IndexFunc(gaps, func(o gap) bool {
			return reflect.DeepEqual(o.reason, g.reason) && slices.Equal(o.workloads, g.workloads)
		})
		if same < 0 {
			gaps = append(gaps, g)
			continue
		}
		gaps[same].rules = append(gaps[same].rules, g.rules...)
	}
	texts := make([]messages.Text, len(gaps))
	for i, g := range gaps {
		texts[i] = messages.New("k8sops.advice.not_applied", "rules", k8sops.Enumerate(g.rules), "reason", g.reason, "names", whose(g.workloads, len(verdicts)))
	}
	return texts
}

// gapsByRule are the reasons of each rule, with the workloads of each reason, in the order in which they are met.
func gapsByRule(verdicts []verdict) []gap {
	type key struct{ rule, reason string }
	at := map[key]int{}
	var gaps []gap
	for _, v := range verdicts {
		for _, r := range unknownOf(v.rulings) {
			k := key{r.rule, r.unknown.ID}
			i, seen := at[k]
			if !seen {
				i, at[k] = len(gaps), len(gaps)
				gaps = append(gaps, gap{reason: r.unknown, rules: []messages.Text{ruleName(r.rule)}})
			}
			gaps[i].workloads = append(gaps[i].workloads, v.w.Line())
		}
	}
	return gaps
}

// whose names the workloads, unless they are all.
func whose(names []string, all int) messages.Text {
	switch {
	case len(names) == all && all > 1:
		return messages.New("k8sops.advice.all")
	case len(names) > shownUnknown:
		return messages.New("k8sops.advice.some", "names", strings.Join(names[:shownUnknown], ", "), "more", len(names)-shownUnknown)
	}
	return messages.Literal(strings.Join(names, ", "))
}

// explained is the small print: what the numbers are of.
func (o advice) explained(verdicts []verdict) []messages.Text {
	texts := []messages.Text{messages.New("k8sops.advice.rules", "cpu", o.Thresholds.CPU, "memory", o.Thresholds.Memory,
		"latency", o.Thresholds.Latency.String(), "errors", o.Thresholds.Errors, "backlog", o.Thresholds.Backlog)}
	for _, v := range verdicts {
		for _, r := range v.rulings {
			if strings.HasSuffix(r.number, "*") {
				return append(texts, messages.New("k8sops.advice.star"))
			}
		}
	}
	return texts
}
