package scaling

import (
	"strings"

	"opsbot/messages"
)

// shownUnknown is how many workloads are named for each reason.
const shownUnknown = 5

// unknowns say of each rule why it could not be applied, and to which workloads.
func unknowns(verdicts []verdict) []messages.Text {
	type gap struct {
		rule, reason string
	}
	var order []gap
	reasons, workloads := map[gap]messages.Text{}, map[gap][]string{}
	for _, v := range verdicts {
		for _, r := range unknownOf(v.rulings) {
			at := gap{r.rule, r.unknown.ID}
			if _, seen := reasons[at]; !seen {
				order, reasons[at] = append(order, at), r.unknown
			}
			workloads[at] = append(workloads[at], v.w.Line())
		}
	}
	var texts []messages.Text
	for _, at := range order {
		texts = append(texts, messages.New("k8sops.advice.not_applied", "rule", ruleName(at.rule), "reason", reasons[at], "names", whose(workloads[at], len(verdicts))))
	}
	return texts
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
