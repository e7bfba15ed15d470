package security

import (
	"slices"
	"strings"
	"time"

	"k8s.io/pod-security-admission/api"

	"opsbot/k8sops"
	"opsbot/messages"
)

// newFor is how long a finding counts as new: who looks a minute after somebody else sees it, too.
const newFor = 24 * time.Hour

const (
	mostFindings   = 30
	mostLevels     = 40
	mostExceptions = 10
)

// sortedOut are the findings by what is known of them.
type sortedOut struct {
	fresh, known []finding
	// excepted are those that somebody answers for.
	excepted []finding
}

func sortOut(l *look, before Record, now time.Time) sortedOut {
	var out sortedOut
	for _, f := range l.findings {
		since, seen := before.Since[f.id]
		exception, has := before.Exceptions[f.id]
		switch {
		case has && exception.Until.After(now):
			out.excepted = append(out.excepted, f)
			continue
		case has:
			f.text = messages.New("k8sops.security.exception_over", "finding", f.text, "by", exception.By, "until", messages.Date(exception.Until), "reason", exception.Reason)
		}
		if seen && now.Sub(since) >= newFor {
			out.known = append(out.known, f)
		} else {
			out.fresh = append(out.fresh, f)
		}
	}
	out.fresh, out.known = sorted(out.fresh), sorted(out.known)
	return out
}

func card(call *k8sops.Call, l *look, before Record, whole bool) messages.Card {
	out := sortOut(l, before, call.Now)
	c := messages.Card{Tone: messages.ToneGood, Facts: levelFacts(l.levels), Title: messages.New("k8sops.security.title",
		"namespace", messages.Code(call.Namespace), "new", len(out.fresh), "known", len(out.known), "excepted", len(out.excepted))}
	if all := sorted(slices.Concat(out.fresh, out.known)); len(all) > 0 {
		c.Tone = all[0].tone
	}
	room := mostFindings
	list := func(heading messages.Text, findings []finding) {
		shown := findings[:min(len(findings), room)]
		room -= len(shown)
		if len(shown) > 0 {
			c.Sections = append(c.Sections, messages.Paragraph(heading))
		}
		for _, f := range shown {
			c.Sections = append(c.Sections, messages.Section{Finding: &messages.Finding{Tone: f.tone, Text: f.text, Action: exceptAction(f.id)}})
		}
	}
	list(heading(before), out.fresh)
	list(messages.New("k8sops.security.known"), out.known)
	if len(l.levels) > 0 {
		c.Sections = append(c.Sections, messages.Section{Table: levelTable(l.levels)})
	}
	if more := len(out.fresh) + len(out.known) - mostFindings; more > 0 {
		c.Footer = append(c.Footer, messages.New("k8sops.security.more", "count", more))
	}
	if whole {
		c.Footer = append(c.Footer, exceptionLines(before, out.excepted)...)
	}
	c.Footer = append(c.Footer, l.missing...)
	return c
}

// heading says since when findings are new.
func heading(before Record) messages.Text {
	if before.Looked.IsZero() {
		return messages.New("k8sops.security.first_look")
	}
	return messages.New("k8sops.security.new")
}

// exceptAction opens the form that asks for the reason.
func exceptAction(id string) *messages.Action {
	return &messages.Action{Name: "run", Label: messages.New("k8sops.security.except.button"), Value: "security except " + id}
}

// exceptionLines name the exceptions that hide a finding: who answers for it, why, and until when.
func exceptionLines(r Record, hidden []finding) []messages.Text {
	var lines []messages.Text
	for _, f := range hidden[:min(len(hidden), mostExceptions)] {
		e := r.Exceptions[f.id]
		lines = append(lines, messages.New("k8sops.security.exception", "finding", messages.Code(f.id), "object", messages.Code(f.object), "by", e.By, "until", messages.Date(e.Until), "reason", messages.Clip(e.Reason, 120)))
	}
	if more := len(hidden) - mostExceptions; more > 0 {
		lines = append(lines, messages.New("k8sops.security.more_exceptions", "count", more))
	}
	return lines
}

func levelFacts(levels []podLevel) []messages.Fact {
	count := map[api.Level]int{}
	for _, l := range levels {
		count[l.level]++
	}
	if len(levels) == 0 {
		return nil
	}
	return []messages.Fact{{Label: messages.New("k8sops.security.fact.levels"), Value: messages.New("k8sops.security.levels",
		"restricted", count[api.LevelRestricted], "baseline", count[api.LevelBaseline], "privileged", count[api.LevelPrivileged])}}
}

// levelTable has those that are the least secure first.
func levelTable(levels []podLevel) *messages.Table {
	levels = slices.Clone(levels)
	order := []api.Level{api.LevelPrivileged, api.LevelBaseline, api.LevelRestricted}
	slices.SortStableFunc(levels, func(a, b podLevel) int { return slices.Index(order, a.level) - slices.Index(order, b.level) })
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.security.column.workload")}, {Title: messages.New("k8sops.security.column.level")}, {Title: messages.New("k8sops.security.column.because")},
	}}
	for _, l := range levels[:min(len(levels), mostLevels)] {
		table.Rows = append(table.Rows, k8sops.Literals(l.workload, string(l.level), messages.Clip(strings.TrimSpace(l.because), 160)))
	}
	return table
}
