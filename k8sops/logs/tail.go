package logs

import (
	"strings"
	"time"

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
	kept     int
	redactor redact.Lines
	reach
	splitter splitter
}

// reach is how far a log was read.
type reach struct {
	source    logSource
	asked     int64     // lines
	read      int64     // lines
	bytesRead int64     //
	cut       bool      // the newest lines are missing
	from      time.Time // the oldest line that was read
	begins    time.Time // set where the node has no more of the time asked for
}

// whole reports whether all of the time asked for was read, as far as the node has it.
func (r reach) whole() bool { return r.read < r.asked && !r.cut }

func (r *reach) saw(at time.Time) {
	r.read++
	if r.from.IsZero() {
		r.from = at
	}
}

func newLogTail(size int) *logTail { return &logTail{size: size, patterns: patternCount{}} }

func (t *logTail) add(line logLine, isError bool) {
	t.matched++
	if isError {
		t.errors++
		t.patterns.add(pattern.Of(telling(line.text)), 1, maxPatterns)
	}
	t.lines = append(t.lines, line)
	t.bytes += line.size()
	t.kept += line.lines()
	for len(t.lines) > 1 && (t.kept > t.size || t.bytes > maxFileBytes) {
		t.bytes -= t.lines[0].size()
		t.kept -= t.lines[0].lines()
		t.lines[0] = logLine{} // or its text would live as long as the array does
		t.lines = t.lines[1:]
	}
}

// telling is the line of an entry that says what happened: the first, of a Python traceback the last.
func telling(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.HasSuffix(first, pythonHead) {
		return rest[strings.LastIndexByte(strings.TrimRight(rest, "\n"), '\n')+1:]
	}
	return first
}
