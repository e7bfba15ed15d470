package capacity

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/internal/trend"
	"opsbot/messages"
)

const (
	mostRows     = 40
	mostFindings = 8
	// soon and verySoon are the days left at which something is a finding, and a bad one.
	soon, verySoon = 30, 7
)

func (l *look) card(days int) messages.Card {
	c := messages.Card{Tone: messages.ToneGood}
	runsOut, unknown := 0, 0
	for _, t := range l.things {
		switch {
		case t.left() <= soon:
			runsOut++
		case !t.known():
			unknown++
		}
	}
	if len(l.things) == 0 {
		c = messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.capacity.none", "namespace", messages.Code(l.call.Namespace))}
		table := l.ceilings()
		if more := len(table.Rows) - mostRows; more > 0 {
			table.Rows = table.Rows[:mostRows]
			c.Footer = append(c.Footer, messages.New("k8sops.capacity.more_ceilings", "count", more))
		}
		c.Sections = append(c.Sections, messages.Section{Table: table})
		c.Footer = append(c.Footer, l.missing...)
		return c
	}
	c.Title = messages.New("k8sops.capacity.title", "namespace", messages.Code(l.call.Namespace), "count", len(l.things), "soon", runsOut, "within", soon, "unknown", unknown, "days", days)
	if unknown == len(l.things) {
		c.Tone = messages.ToneInfo
	}
	for i, t := range l.things[:min(runsOut, mostFindings)] { // they come first
		f := t.finding(l.call.Now)
		if i == 0 {
			c.Tone = f.Tone
		}
		c.Sections = append(c.Sections, messages.Section{Finding: f})
	}
	c.Sections = append(c.Sections, messages.Section{Table: l.table()})
	c.Footer = append(c.Footer, l.missing...)
	for _, k := range []kind{nodeCPU, nodeMemory, podCPU, podMemory, disk} {
		if n := l.unmeasured[k]; n > 0 {
			c.Footer = append(c.Footer, messages.New("k8sops.capacity.unmeasured", "kind", kindName(k), "objects", n))
		}
	}
	if more := len(l.things) - mostRows; more > 0 {
		c.Footer = append(c.Footer, messages.New("k8sops.capacity.more", "count", more))
	}
	c.Footer = append(c.Footer, messages.New("k8sops.capacity.how", "count", int(l.span.Hours()/24)))
	l.attachPlot(&c)
	return c
}

// finding says what runs out, with the operation that helps.
func (t thing) finding(now time.Time) *messages.Finding {
	f := &messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.capacity.finding", "name", messages.Code(t.name), "kind", kindName(t.kind),
		"when", t.when(now), "percent", int(t.percent()), "of", t.of)}
	if t.left() <= verySoon {
		f.Tone = messages.ToneBad
	}
	run := map[kind]string{nodeCPU: "top nodes", nodeMemory: "top nodes --sort memory", disk: "storage", podCPU: "scale advice " + t.name, podMemory: "scale advice " + t.name}[t.kind]
	f.Action = &messages.Action{Name: "run", Label: messages.Literal("/" + run), Value: run}
	return f
}

func (l *look) table() *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.capacity.column.what")},
		{Title: messages.New("k8sops.capacity.column.kind")},
		{Title: messages.New("k8sops.capacity.column.used"), Right: true},
		{Title: messages.New("k8sops.capacity.column.growth"), Right: true},
		{Title: messages.New("k8sops.capacity.column.when")},
	}}
	for _, t := range l.things[:min(len(l.things), mostRows)] {
		table.Rows = append(table.Rows, []messages.Text{messages.Literal(t.name), kindName(t.kind), messages.Literal(t.used()), t.growth(), t.when(l.call.Now)})
	}
	return table
}

// ceilings are what there is of everything, for when nobody knows how much of it is used.
func (l *look) ceilings() *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.capacity.column.what")},
		{Title: messages.New("k8sops.capacity.column.kind")},
		{Title: messages.New("k8sops.capacity.column.ceiling"), Right: true},
		{Title: messages.New("k8sops.capacity.column.of")},
	}}
	for _, q := range l.questions {
		for _, name := range slices.Sorted(maps.Keys(q.ceilings)) {
			c := q.ceilings[name]
			row := []messages.Text{messages.Literal(name), kindName(q.kind), messages.New("k8sops.capacity.unknown"), messages.New("k8sops.capacity.no_ceiling")}
			if c.amount > 0 {
				row[2], row[3] = messages.Literal(thing{kind: q.kind}.amount(c.amount)), c.of
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// used is the amount now and of how much it is.
func (t thing) used() string {
	if t.ceiling <= 0 {
		return t.amount(t.now)
	}
	return fmt.Sprintf("%s/%s (%.0f%%)", t.amount(t.now), t.amount(t.ceiling), t.percent())
}

// amount writes cores or bytes.
func (t thing) amount(v float64) string {
	if t.kind == nodeCPU || t.kind == podCPU {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	sign := ""
	if v < 0 {
		sign = "-"
	}
	return sign + messages.Bytes(int64(math.Min(math.Abs(v), math.MaxInt64/2)))
}

// growth is how much more it is every week, as a range; unknown where the trend is.
func (t thing) growth() messages.Text {
	line := t.forecast.Line
	switch {
	case t.forecast.State == trend.Short:
		return messages.New("k8sops.capacity.unknown")
	case line.Low <= 0 && line.High >= 0:
		return messages.New("k8sops.capacity.flat")
	}
	signed := func(v float64) string {
		text := t.amount(7 * v)
		if !strings.HasPrefix(text, "-") {
			text = "+" + text
		}
		return text
	}
	low, high := signed(line.Low), signed(line.High)
	if low == high {
		return messages.Literal(low)
	}
	return messages.Literal(low + "…" + high)
}

// when is the range of dates in which it runs out, or why there is none.
func (t thing) when(now time.Time) messages.Text {
	date := func(days float64) string {
		return now.Add(time.Duration(days * 24 * float64(time.Hour))).UTC().Format(time.DateOnly)
	}
	f := t.forecast
	switch {
	case !t.why.IsZero():
		return t.why
	case f.State == trend.Reached:
		return messages.New("k8sops.capacity.now")
	case f.State == trend.Rising && math.IsInf(f.Latest, 1):
		return messages.New("k8sops.capacity.after", "earliest", date(f.Earliest), "days", int(f.Earliest))
	case f.State == trend.Rising:
		return messages.New("k8sops.capacity.between", "earliest", date(f.Earliest), "latest", date(f.Latest), "least", int(f.Earliest), "most", int(math.Ceil(f.Latest)))
	case f.State == trend.Far:
		return messages.New("k8sops.capacity.far", "days", int(math.Min(f.Earliest, 3650)))
	case f.State == trend.Falling:
		return messages.New("k8sops.capacity.falling")
	case f.State == trend.Short:
		return messages.New("k8sops.capacity.short", "points", len(t.points.Days))
	case f.State == trend.Noisy:
		return messages.New("k8sops.capacity.noisy")
	}
	return messages.New("k8sops.capacity.no_direction")
}

// plotted is how many lines can be told apart.
const plotted = 6

// attachPlot draws the most urgent things in percent of what they have. Without a picture, the card is as good.
func (l *look) attachPlot(c *messages.Card) {
	if l.Plot == nil {
		return
	}
	spans := int(l.call.Now.Sub(l.from)/l.span) + 1
	days := make([]time.Time, spans)
	for i := range days {
		days[i] = l.call.Now.Add(-time.Duration(spans-1-i) * l.span)
	}
	var names []string
	var lines [][]float64
	for _, t := range l.things {
		if t.ceiling <= 0 || len(t.points.Days) < 2 || len(names) == plotted {
			continue
		}
		line := slices.Repeat([]float64{math.NaN()}, spans)
		for i, day := range t.points.Days {
			if at := spans - 1 + int(math.Round(day*24/l.span.Hours())); at >= 0 && at < spans {
				line[at] = 100 * t.points.Values[i] / t.ceiling
			}
		}
		names, lines = append(names, t.name+" "+string(t.kind)), append(lines, line)
	}
	if len(names) == 0 {
		return
	}
	picture, err := l.Plot(days, names, lines)
	if err != nil {
		c.Footer = append(c.Footer, messages.New("k8sops.capacity.no_plot", "cause", messages.Clip(err.Error(), 200)))
		return
	}
	c.Files = []messages.File{{Name: "capacity.png", Title: messages.New("k8sops.capacity.plot"), Content: picture}}
}
