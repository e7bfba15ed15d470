package logs

import (
	"bufio"
	"regexp"
	"strings"
	"time"

	"opsbot/internal/loglevel"
)

// maxLogLine is what is kept of one line; programs that log whole documents are shortened.
const maxLogLine = 4 << 10

// logFilter says which lines count.
type logFilter struct {
	grep       *regexp.Regexp
	errorsOnly bool
}

func (f logFilter) selective() bool { return f.grep != nil || f.errorsOnly }

// take redacts before it filters: whoever could grep for a secret could find it out letter by letter. Redaction removes colours first.
func (f logFilter) take(t *logTail, label, line string) {
	at, text := splitTimestamp(line)
	t.saw(at)
	if e, ok := t.splitter.next(at, t.redactor.Redact(text)); ok {
		f.judge(t, label, e)
	}
}

// end takes the entry that was begun last.
func (f logFilter) end(t *logTail, label string) {
	if e, ok := t.splitter.end(); ok {
		f.judge(t, label, e)
	}
}

func (f logFilter) judge(t *logTail, label string, e entry) {
	isError := e.level > loglevel.Calm
	if f.errorsOnly && !isError || f.grep != nil && !matchesALine(f.grep, e.text) {
		return
	}
	t.add(logLine{at: e.at, source: label, text: e.text}, isError)
}

// matchesALine: ^ and $ mean a line's, as with grep.
func matchesALine(grep *regexp.Regexp, text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if grep.MatchString(line) {
			return true
		}
	}
	return false
}

// nextLine is the next line without its end, shortened to maxLogLine.
func nextLine(r *bufio.Reader) (string, error) {
	chunk, more, err := r.ReadLine()
	if err != nil {
		return "", err
	}
	line := strings.ToValidUTF8(string(chunk), "�")
	if more {
		line += "…"
	}
	for more {
		if _, more, err = r.ReadLine(); err != nil {
			break
		}
	}
	return line, nil
}

// splitTimestamp takes off the time that the kubelet put before the line.
func splitTimestamp(line string) (time.Time, string) {
	stamp, text, found := strings.Cut(line, " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil || !found {
		return time.Time{}, line
	}
	return at, text
}
