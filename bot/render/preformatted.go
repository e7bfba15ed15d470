package render

import (
	"strings"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

const (
	maxCodeLines = 60

	fenceRoom = len("```\n\n```")
)

// preformattedTable keeps its columns in every client; it is for tables that are narrow.
func (m *rendering) preformattedTable(t messages.Table, share int) string {
	begin := messages.Table{Columns: t.Columns, Rows: t.Rows[:min(maxTableRows, len(t.Rows))]}
	lines := m.plain.TableLines(begin, 0)
	if strings.Trim(strings.Join(lines, ""), " ─") == "" {
		return ""
	}
	shown := fitLines(fenced(lines), len(lines), share-fenceRoom-m.moreLength())
	hidden := len(t.Rows) - len(begin.Rows) + shown.hidden
	m.keepTable(t, hidden, shown.cut)
	return m.withMore(fence(shown.text()), hidden)
}

// code shows the beginning of a block, of a log the end: what happened last is what the reader came for.
func (m *rendering) code(b messages.Block, share int) string {
	content := strings.Trim(mrkdwn.Clean(b.Content), "\n")
	if strings.TrimSpace(content) == "" {
		return ""
	}
	lines := fenced(strings.Split(content, "\n"))
	limit := share - fenceRoom - m.moreLength()
	shown := fitLines(lines, maxCodeLines, limit)
	if b.Language == "log" {
		shown = fitLastLines(lines, maxCodeLines, limit)
	}
	if shown.hidden > 0 || shown.cut {
		m.overflow(codeFile(b.Language), b.Content)
	}
	m.cut = m.cut || (shown.hidden == 0 && shown.cut)
	if b.Language == "log" && shown.hidden > 0 {
		return "_" + m.more(shown.hidden) + "_\n" + fence(shown.text())
	}
	return m.withMore(fence(shown.text()), shown.hidden)
}

func codeFile(language string) string {
	switch language {
	case "diff":
		return "changes.diff"
	case "log":
		return "log.txt"
	default:
		return "output.txt"
	}
}

func fence(s string) string { return "```\n" + s + "\n```" }

// fenced escapes lines for a fence.
func fenced(lines []string) []string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = mrkdwn.Escape(line)
	}
	return escaped
}

// fit is the lines that fit.
type fit struct {
	lines  []string
	hidden int
	// cut: one line was shortened.
	cut bool
}

func (f fit) text() string { return strings.Join(f.lines, "\n") }

// fitLines keeps the first lines, at most maxLines and limit code points; the very first is shortened where it alone is too long.
func fitLines(lines []string, maxLines, limit int) fit {
	var f fit
	used := 0
	for i, line := range lines {
		if i == 0 {
			line, f.cut = mrkdwn.Cut(line, limit, runes)
		}
		used += runes(line) + 1
		if i == maxLines || used > limit+1 {
			break
		}
		f.lines = append(f.lines, line)
	}
	f.hidden = len(lines) - len(f.lines)
	return f
}

// fitLastLines keeps the last lines.
func fitLastLines(lines []string, maxLines, limit int) fit {
	f := fitLines(reversed(lines), maxLines, limit)
	f.lines = reversed(f.lines)
	return f
}

func reversed(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[len(lines)-1-i] = line
	}
	return out
}
