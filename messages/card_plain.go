package messages

import "strings"

// CardPlain writes c as plain text for transcripts and terminals: parts are separated by an empty line, actions appear as
// "[ label ]". Files are named, not shown. The text ends without a newline. Use it with a printer in the Plain format.
func (p *Printer) CardPlain(c Card) string {
	parts := []string{c.Tone.Mark(OneLine(p.Text(c.Title))), p.plainFacts(c.Facts)}
	for _, s := range c.Sections {
		parts = append(parts, p.PlainSection(s))
	}
	parts = append(parts, p.plainActions(c.Actions), p.joined(c.Footer, " · "), fileNames(c.Files))
	return joinParts(parts)
}

// PlainSection writes one section as plain text, in full.
func (p *Printer) PlainSection(s Section) string {
	switch {
	case s.Text != nil:
		return p.Text(*s.Text)
	case s.List != nil:
		return p.plainList(s.List)
	case s.Table != nil:
		return strings.Join(p.TableLines(*s.Table, 0), "\n")
	case s.Code != nil:
		return strings.TrimRight(s.Code.Content, "\n")
	case s.Finding != nil:
		return p.plainFinding(*s.Finding)
	default:
		return p.plainActions(s.Actions)
	}
}

// plainFacts aligns the values, so that a reader's eye goes down one column.
func (p *Printer) plainFacts(facts []Fact) string {
	labels, widest := make([]string, len(facts)), 0
	for i, f := range facts {
		labels[i] = OneLine(p.Text(f.Label)) + ":"
		widest = max(widest, DisplayWidth(labels[i]))
	}
	lines := make([]string, len(facts))
	for i, f := range facts {
		lines[i] = strings.TrimRight(pad(labels[i], widest, false)+" "+OneLine(p.Text(f.Value)), " ")
	}
	return strings.Join(lines, "\n")
}

func (p *Printer) plainList(items []Text) string {
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = "• " + OneLine(p.Text(item))
	}
	return strings.Join(lines, "\n")
}

func (p *Printer) plainFinding(f Finding) string {
	s := f.Tone.Mark(p.Text(f.Text))
	if f.Action != nil {
		s += "  " + p.plainActions([]Action{*f.Action})
	}
	return s
}

func (p *Printer) plainActions(actions []Action) string {
	labels := make([]string, len(actions))
	for i, a := range actions {
		labels[i] = "[ " + OneLine(p.Text(a.Label)) + " ]"
	}
	return strings.Join(labels, " ")
}

func (p *Printer) joined(texts []Text, separator string) string {
	words := make([]string, 0, len(texts))
	for _, t := range texts {
		if s := OneLine(p.Text(t)); s != "" {
			words = append(words, s)
		}
	}
	return strings.Join(words, separator)
}

func fileNames(files []File) string {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = "📎 " + OneLine(f.Name)
	}
	return strings.Join(lines, "\n")
}

// joinParts leaves out what is empty.
func joinParts(parts []string) string {
	kept := parts[:0]
	for _, part := range parts {
		if strings.TrimSpace(part) != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "\n\n")
}
