package jobs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// report shows the figures beside those of the run before, and the end of the log.
func (o run) report(r *jobRun) *k8sops.Result {
	state := r.State
	card := messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.run.title", "job", messages.Code(label(r.Args))),
	}
	if took := state.Outcome.Took(); took > 0 {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.run.fact.took"), Value: messages.Literal(messages.Duration(took))})
	}
	if state.Log != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.run.fact.log"), Value: messages.Literal(state.Log)})
	}
	if len(state.Figures) > 0 {
		card.Sections = append(card.Sections, messages.Section{Table: figureTable(state.Figures, state.Before)})
	}
	if len(state.Lines) > 0 {
		card.Sections = append(card.Sections, messages.Section{Code: &messages.Block{Language: "log", Content: strings.Join(state.Lines, "\n")}})
	}
	card.Footer = o.footer(r)
	return &k8sops.Result{Card: card}
}

func (o run) footer(r *jobRun) []messages.Text {
	var footer []messages.Text
	switch before := r.State.Before; {
	case len(r.State.Figures) == 0:
		footer = append(footer, messages.New("k8sops.run.no_report"))
	case before != nil:
		footer = append(footer, messages.New("k8sops.run.compared", "at", messages.Date(before.At), "user", before.By))
	case o.Reports != nil && r.State.NotKept.IsZero():
		footer = append(footer, messages.New("k8sops.run.first"))
	}
	if !r.State.NotKept.IsZero() {
		footer = append(footer, r.State.NotKept)
	}
	if r.State.Left {
		footer = append(footer, messages.New("k8sops.run.left", "name", messages.Code(r.State.Name)))
	}
	return footer
}

func figureTable(now Figures, before *Record) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.run.column.figure")},
		{Title: messages.New("k8sops.run.column.now"), Right: true},
	}}
	if before != nil {
		table.Columns = append(table.Columns, messages.Column{Title: messages.New("k8sops.run.column.before"), Right: true},
			messages.Column{Title: messages.New("k8sops.run.column.change"), Right: true})
	}
	for _, name := range now.names() {
		row := []messages.Text{nameOf(name), messages.Literal(shown(name, now[name]))}
		if before != nil {
			old, has := before.Figures[name]
			row = append(row, messages.Literal(shownIf(has, name, old)), messages.Literal(difference(has, now[name], old)))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func nameOf(figure string) messages.Text {
	switch figure {
	case errorRatio:
		return messages.New("k8sops.run.figure.errors")
	case requestCount:
		return messages.New("k8sops.run.figure.requests")
	}
	return messages.Literal(figure)
}

// shown is a figure with its unit.
func shown(name string, n float64) string {
	switch name {
	case medianLatency, p95Latency, p99Latency:
		return rounded(n) + " ms"
	case errorRatio:
		return rounded(100*n) + " %"
	}
	return rounded(n)
}

const noFigure = "–"

func shownIf(has bool, name string, n float64) string {
	if !has {
		return noFigure
	}
	return shown(name, n)
}

// rounded has three significant digits, and no fraction from a hundred on.
func rounded(n float64) string {
	switch size := math.Abs(n); {
	case size >= 100 || n == math.Trunc(n):
		return strconv.FormatFloat(n, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strconv.FormatFloat(n, 'g', 3, 64)
}

// difference is how much a figure has changed, in percent.
func difference(has bool, now, before float64) string {
	switch {
	case !has:
		return noFigure
	case now == before:
		return "0 %"
	case before == 0:
		return noFigure
	}
	return fmt.Sprintf("%+.0f %%", 100*(now-before)/math.Abs(before))
}
