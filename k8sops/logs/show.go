package logs

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/messages"
)

// What is shown of the run before a restart where the present one is shown too.
const (
	shownLinesBefore = 12
	shownBytesBefore = 1200
)

// attach shows the last entries in the message, and all of them as a file where they are more than one reads in a message. The run before a
// restart comes first, under a heading of its own.
func (d *logDigest) attach(card *messages.Card, call *k8sops.Call) {
	complete := true
	if len(d.before) > 0 {
		lines, bytes := shownLines, shownBytes
		if len(d.lines) > 0 {
			lines, bytes = shownLinesBefore, shownBytesBefore
		}
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.logs.before", "runs", d.runs(call.Now))))
		complete = addBlock(card, d.before, lines, bytes)
		if len(d.lines) > 0 {
			card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.logs.after")))
		}
	}
	if addBlock(card, d.lines, shownLines, shownBytes) && complete {
		return
	}
	card.Files = []messages.File{{
		Name:    "logs-" + string(d.args.Service) + "-" + call.Now.UTC().Format("20060102-150405") + ".txt",
		Title:   messages.New("k8sops.logs.file", "service", messages.Code(string(d.args.Service)), "count", len(d.before)+len(d.lines)),
		Content: []byte(d.file()),
	}}
}

func addBlock(card *messages.Card, entries []logLine, maxLines, maxBytes int) (complete bool) {
	text, complete := renderBriefly(entries, maxLines, maxBytes)
	if text != "" {
		card.Sections = append(card.Sections, messages.Section{Code: &messages.Block{Language: "log", Content: text}})
	}
	return complete
}

// file holds both runs; the labels tell them apart.
func (d *logDigest) file() string {
	lines, _ := renderLines(d.lines, math.MaxInt, maxFileBytes)
	before, _ := renderLines(d.before, math.MaxInt, maxFileBytes-len(lines))
	if len(d.before) == 0 || len(before) > maxFileBytes-len(lines) {
		return lines
	}
	return strings.TrimSuffix(before+"\n"+lines, "\n")
}

// runs names the runs that ended, when and why.
func (d *logDigest) runs(now time.Time) string {
	var runs []string
	for _, r := range d.reaches {
		if !r.source.previous {
			continue
		}
		run := strings.TrimSuffix(r.source.label, previousLabel)
		if end := r.source.ended; end != nil {
			run += fmt.Sprintf(" (%s, %d, %s)", cmp.Or(end.Reason, "exit"), end.ExitCode, clockOf(end.FinishedAt.Time, now))
		}
		runs = append(runs, run)
	}
	return messages.Clip(strings.Join(runs, ", "), 300)
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
