package scaling

import (
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

const (
	// mostAdvised is how many workloads the table has, and mostAdvice how many get their advice in words.
	mostAdvised = 50
	mostAdvice  = 10
)

// card is the advice about all workloads.
func (o advice) card(call *k8sops.Call, verdicts []verdict, r *room) messages.Card {
	count, unknown := 0, 0
	for _, v := range verdicts {
		if len(brokenOf(v.rulings)) > 0 {
			count++
		}
		unknown += len(unknownOf(v.rulings))
	}
	c := messages.Card{Tone: messages.ToneGood, Title: messages.New("k8sops.advice.title",
		"namespace", messages.Code(call.Namespace), "workloads", len(verdicts), "broken", count, "unknown", unknown)}
	switch {
	case len(verdicts) == 0:
		return messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.advice.none", "namespace", messages.Code(call.Namespace))}
	case count > 0:
		c.Tone = messages.ToneWarning
	case unknown == len(verdicts)*len(verdicts[0].rulings):
		c.Tone = messages.ToneInfo
	}
	shown := 0
	for _, v := range verdicts {
		if len(brokenOf(v.rulings)) == 0 {
			continue
		}
		if shown++; shown <= mostAdvice {
			c.Sections = append(c.Sections, v.sections()...)
		}
	}
	c.Sections = append(c.Sections, messages.Section{Table: adviceTable(verdicts[:min(len(verdicts), mostAdvised)])})
	if shown > mostAdvice {
		c.Footer = append(c.Footer, messages.New("k8sops.advice.more", "count", shown-mostAdvice))
	}
	if more := len(verdicts) - mostAdvised; more > 0 {
		c.Footer = append(c.Footer, messages.New("k8sops.advice.more_rows", "count", more))
	}
	c.Footer = slices.Concat(c.Footer, unknowns(verdicts), r.missing, o.explained(verdicts))
	return c
}

// one is the advice about one workload: every rule with its number.
func (o advice) one(v verdict, r *room) *k8sops.Result {
	broken := len(brokenOf(v.rulings))
	c := messages.Card{Tone: v.tone, Title: messages.New("k8sops.advice.one", "workload", messages.Code(v.w.Name), "replicas", v.w.Replicas(), "broken", broken,
		"unknown", len(unknownOf(v.rulings)))}
	if broken == 0 && len(unknownOf(v.rulings)) == len(v.rulings) {
		c.Tone = messages.ToneInfo
	}
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.advice.column.rule")},
		{Title: messages.New("k8sops.advice.column.measured"), Right: true},
		{Title: messages.New("k8sops.advice.column.limit"), Right: true},
	}}
	for _, rule := range v.rulings {
		table.Rows = append(table.Rows, []messages.Text{ruleName(rule.rule), rule.cell(), messages.Literal(rule.limit)})
	}
	c.Sections = append(v.sections(), messages.Section{Table: table})
	c.Footer = slices.Concat(unknowns([]verdict{v}), r.missing, o.explained([]verdict{v}))
	return &k8sops.Result{Card: c, Suggest: v.besides()}
}

// sections are the advice in words, with its button, and the numbers that it rests on.
func (v verdict) sections() []messages.Section {
	var sections []messages.Section
	if !v.said.IsZero() {
		f := &messages.Finding{Tone: v.tone, Text: v.said}
		if v.run != "" {
			f.Action = &messages.Action{Name: "run", Label: messages.Literal("/" + v.run), Value: v.run}
		}
		sections = append(sections, messages.Section{Finding: f})
	}
	var because []messages.Text
	for _, r := range brokenOf(v.rulings) {
		because = append(because, r.said)
	}
	because = append(because, v.uneven()...)
	if because = append(because, v.notes...); len(because) > 0 {
		sections = append(sections, messages.Section{List: because})
	}
	return sections
}

// far is how many percent points one pod is above the average before that is worth a word.
const far = 30

// uneven names the pod that is much busier than the others: more replicas need not help it.
func (v verdict) uneven() []messages.Text {
	var notes []messages.Text
	for _, of := range []struct {
		rule  string
		share share
		first base
	}{{ruleCPU, v.use.cpu, ofRequest}, {ruleMemory, v.use.memory, ofLimit}} {
		_, whole := of.share.base(of.first)
		if average := percentOf(of.share.used, whole); whole > 0 && v.use.measured > 1 && of.share.worst >= average+far {
			notes = append(notes, messages.New("k8sops.advice.uneven", "rule", ruleName(of.rule), "pod", messages.Code(of.share.worstPod), "percent", of.share.worst, "average", average))
		}
	}
	return notes
}

// besides are command lines that help to see why, where replicas may not be the answer.
func (v verdict) besides() []string {
	var lines []string
	for _, r := range brokenOf(v.rulings) {
		if r.rule == ruleErrors || r.rule == ruleLatency {
			lines = append(lines, "logs "+v.w.Line()+" --errors")
			break
		}
	}
	if v.to > v.w.Replicas() && strings.HasPrefix(v.run, "scale ") {
		usual := hpaLimits{Min: 2, Max: 10, CPU: 70}
		if v.to < int(usual.Max) && usual.check(v.w) == nil {
			lines = append(lines, "hpa set "+v.w.Line()+" --min 2 --max 10 --cpu 70")
		}
	}
	return lines
}

func adviceTable(verdicts []verdict) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.service")}, {Title: messages.New("k8sops.column.replicas"), Right: true},
	}}
	var columns []int // of the rules that were measured anywhere
	for i, r := range verdicts[0].rulings {
		if slices.ContainsFunc(verdicts, func(v verdict) bool { return v.rulings[i].number != "" }) {
			columns = append(columns, i)
			table.Columns = append(table.Columns, messages.Column{Title: ruleName(r.rule), Right: true})
		}
	}
	for _, v := range verdicts {
		row := k8sops.Literals(v.w.Line(), strconv.Itoa(v.w.Replicas()))
		for _, i := range columns {
			row = append(row, v.rulings[i].cell())
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (r ruling) cell() messages.Text {
	switch {
	case r.number == "":
		return messages.New("k8sops.advice.unknown")
	case r.broken:
		return messages.Literal("⚠ " + r.number)
	}
	return messages.Literal(r.number)
}

func unknownOf(rulings []ruling) []ruling {
	return slices.DeleteFunc(slices.Clone(rulings), func(r ruling) bool { return r.unknown.IsZero() })
}
