package messages

import (
	"slices"
	"strings"
)

// CardMarkdown writes c as GitHub-flavoured Markdown for timelines and postmortems: a level-3 heading, facts as a list,
// tables as tables, code in fences that its content cannot close. The text ends without a newline. Use it with a printer
// in the Markdown format.
func (p *Printer) CardMarkdown(c Card) string {
	parts := []string{"### " + c.Tone.Mark(OneLine(p.Text(c.Title))), p.markdownFacts(c.Facts)}
	for _, s := range c.Sections {
		parts = append(parts, p.markdownSection(s))
	}
	parts = append(parts, p.markdownActions(c.Actions), emphasis(p.joined(c.Footer, " · ")), p.markdownFiles(c.Files))
	return joinParts(parts)
}

func (p *Printer) markdownSection(s Section) string {
	switch {
	case s.Text != nil:
		return p.Text(*s.Text)
	case s.List != nil:
		return p.markdownList(s.List)
	case s.Table != nil:
		return p.markdownTable(*s.Table)
	case s.Code != nil:
		return fence(*s.Code)
	case s.Finding != nil:
		return p.markdownFinding(*s.Finding)
	default:
		return p.markdownActions(s.Actions)
	}
}

func (p *Printer) markdownFacts(facts []Fact) string {
	lines := make([]string, len(facts))
	for i, f := range facts {
		lines[i] = "- **" + OneLine(p.Text(f.Label)) + ":** " + OneLine(p.Text(f.Value))
	}
	return strings.Join(lines, "\n")
}

func (p *Printer) markdownList(items []Text) string {
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = "- " + OneLine(p.Text(item))
	}
	return strings.Join(lines, "\n")
}

func (p *Printer) markdownTable(t Table) string {
	if len(t.Columns) == 0 {
		return ""
	}
	cells := p.tableCells(t, 0)
	rule := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		rule[i] = "---"
		if c.Right {
			rule[i] = "---:"
		}
	}
	var lines []string
	for _, row := range slices.Insert(cells, 1, rule) {
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	return strings.Join(lines, "\n")
}

func (p *Printer) markdownFinding(f Finding) string {
	s := f.Tone.Mark(p.Text(f.Text))
	if f.Action != nil {
		s += "  " + p.markdownActions([]Action{*f.Action})
	}
	return s
}

func (p *Printer) markdownActions(actions []Action) string {
	labels := make([]string, len(actions))
	for i, a := range actions {
		labels[i] = `\[ ` + OneLine(p.Text(a.Label)) + ` \]`
	}
	return strings.Join(labels, " ")
}

func (p *Printer) markdownFiles(files []File) string {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = "📎 " + p.format.Escape(OneLine(f.Name))
	}
	return strings.Join(lines, "\n")
}

func emphasis(s string) string {
	if s == "" {
		return ""
	}
	return "_" + s + "_"
}

// fence is one backtick longer than any run in the content, so that untrusted content cannot end it.
func fence(b Block) string {
	longest, run := 2, 0
	for _, r := range b.Content {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	marks := strings.Repeat("`", longest+1)
	return marks + languageTag(b.Language) + "\n" + strings.TrimRight(b.Content, "\n") + "\n" + marks
}

// languageTag lets nothing but a plain word follow the fence.
func languageTag(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return ""
	}
	return s
}
