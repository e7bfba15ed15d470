package logs

import (
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// attach shows the last lines in the message, and all of them as a file where they are more than one reads in a message.
func (d *logDigest) attach(card *messages.Card, call *k8sops.Call) {
	text, complete := renderLines(d.lines, shownLines, shownBytes)
	if text != "" {
		card.Sections = append(card.Sections, messages.Section{Code: &messages.Block{Language: "log", Content: text}})
	}
	if complete {
		return
	}
	all, _ := renderLines(d.lines, len(d.lines), maxFileBytes)
	card.Files = []messages.File{{
		Name:    "logs-" + string(d.args.Service) + "-" + call.Now.UTC().Format("20060102-150405") + ".txt",
		Title:   messages.New("k8sops.logs.file", "service", messages.Code(string(d.args.Service)), "count", len(d.lines)),
		Content: []byte(all),
	}}
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

// newest are the last lines that fit.
func newest(lines []logLine, maxLines, maxBytes int) []logLine {
	first, size := len(lines), 0
	for first > 0 && len(lines)-first < maxLines && size+lines[first-1].size() <= maxBytes {
		first--
		size += lines[first].size()
	}
	return lines[first:]
}
