package logs

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// attach shows the last entries in the message, and all of them as a file where they are more than one reads in a message.
func (d *logDigest) attach(card *messages.Card, call *k8sops.Call) {
	text, complete := renderBriefly(d.lines, shownLines, shownBytes)
	if text != "" {
		card.Sections = append(card.Sections, messages.Section{Code: &messages.Block{Language: "log", Content: text}})
	}
	if complete {
		return
	}
	all, _ := renderLines(d.lines, math.MaxInt, maxFileBytes)
	card.Files = []messages.File{{
		Name:    "logs-" + string(d.args.Service) + "-" + call.Now.UTC().Format("20060102-150405") + ".txt",
		Title:   messages.New("k8sops.logs.file", "service", messages.Code(string(d.args.Service)), "count", len(d.lines)),
		Content: []byte(all),
	}}
}

// renderBriefly is renderLines for a message: of long entries it shows the beginning and the end.
func renderBriefly(lines []logLine, maxLines, maxBytes int) (text string, complete bool) {
	lines, whole := slices.Clone(lines[max(0, len(lines)-maxLines):]), len(lines) <= maxLines
	for i, line := range lines {
		lines[i].text = abridged(line.text, maxLines/2, maxBytes-line.size()+len(line.text))
		whole = whole && lines[i].text == line.text
	}
	text, complete = renderLines(lines, maxLines, maxBytes)
	return text, complete && whole
}

// abridged keeps the first and the last lines of an entry, which tell most.
func abridged(text string, maxLines, maxBytes int) string {
	if lines := strings.Split(text, "\n"); len(lines) > maxLines {
		head := maxLines * 2 / 3
		tail := len(lines) - (maxLines - head - 1)
		text = strings.Join(lines[:head], "\n") + "\n… (+" + strconv.Itoa(tail-head) + ")\n" + strings.Join(lines[tail:], "\n")
	}
	if len(text) > maxBytes {
		text = strings.ToValidUTF8(text[:max(0, maxBytes-len("…"))], "") + "…"
	}
	return text
}

// renderLines writes the last lines that fit; complete is false when some were left out.
func renderLines(lines []logLine, maxLines, maxBytes int) (text string, complete bool) {
	fitting := newest(lines, maxLines, maxBytes)
	var b strings.Builder
	for _, line := range fitting {
		b.WriteString(line.String())
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n"), len(fitting) == len(lines)
}

// newest are the last entries that fit, and the very last in any case.
func newest(entries []logLine, maxLines, maxBytes int) []logLine {
	first, lines, size := len(entries), 0, 0
	for first > 0 {
		last := entries[first-1]
		lines, size = lines+last.lines(), size+last.size()
		if first < len(entries) && (lines > maxLines || size > maxBytes) {
			break
		}
		first--
	}
	return entries[first:]
}
