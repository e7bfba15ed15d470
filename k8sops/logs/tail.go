package logs

import (
	"opsbot/internal/pattern"
	"opsbot/internal/redact"
)

// logTail keeps the last lines of one stream that pass the filter, and counts all of them. Beyond what a file takes no
// line of it can be shown.
type logTail struct {
	size     int
	lines    []logLine
	bytes    int
	matched  int
	errors   int
	patterns patternCount
	redactor redact.Lines
}

func newLogTail(size int) *logTail { return &logTail{size: size, patterns: patternCount{}} }

func (t *logTail) add(line logLine, isError bool) {
	t.matched++
	if isError {
		t.errors++
		t.patterns.add(pattern.Of(line.text), 1, maxPatterns)
	}
	t.lines = append(t.lines, line)
	t.bytes += line.size()
	for len(t.lines) > t.size || t.bytes > maxFileBytes {
		t.bytes -= t.lines[0].size()
		t.lines[0] = logLine{} // or its text would live as long as the array does
		t.lines = t.lines[1:]
	}
}
