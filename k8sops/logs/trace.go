package logs

import (
	"regexp"
	"strings"
)

var (
	goCall     = regexp.MustCompile(`^(?:[\w./*()\[\]{}·%@~$-]+\(.*\)|[a-z0-9]{2,6} +0x[0-9a-f]+|goroutine \d+ .*|created by .*|\[(?:signal|originating) .*|exit status \d+|runtime stack:|\.\.\..*|panic: .*\[recovered\].*)$`)
	pythonEnd  = regexp.MustCompile(`^[A-Za-z_][\w.]*(?:: .*|:)?$`)
	javaThrown = regexp.MustCompile(`^(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable)\b`)
	frame      = regexp.MustCompile(`^\s+(?:at |File "|from |\d+: |\.\.\. \d+|---> |\^)`)
	detail     = regexp.MustCompile(`^(?:Caused by: |Suppressed: |--- End of |note: run with |stack backtrace:|\S.{0,80}?\b(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION):  ?|(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION):  ?)`)
)

const pythonHead = "Traceback (most recent call last):"

// trace is which language's panic or traceback an entry is; each says in its own way where it ends.
type trace int

const (
	noTrace trace = iota
	goTrace
	pythonTrace
	pythonRaised // its last line was read; another may be chained to it
	rustTrace
)

func traceOf(line string) trace {
	switch {
	case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "), strings.HasPrefix(line, "goroutine "), strings.HasPrefix(line, "[signal "),
		strings.Contains(line, "http: panic serving "):
		return goTrace
	case strings.HasSuffix(line, pythonHead):
		return pythonTrace
	case strings.HasPrefix(line, "thread '") && strings.Contains(line, "' panicked at"):
		return rustTrace
	}
	return noTrace
}

// continues tells whether a line goes on with the trace; known is false where the trace does not decide that.
func (t *trace) continues(line string) (goesOn, known bool) {
	blank := strings.TrimSpace(line) == ""
	switch *t {
	case goTrace:
		return blank || isIndented(line) || goCall.MatchString(line), true
	case pythonTrace:
		if blank || isIndented(line) || isPythonChain(line) {
			return true, true
		}
		*t = pythonRaised
		return pythonEnd.MatchString(line), true
	case pythonRaised:
		if isPythonChain(line) {
			*t = pythonTrace
			return true, true
		}
		return blank, true
	case rustTrace: // its message is the next line
		*t = noTrace
		return !blank, true
	}
	return false, false
}

func isPythonChain(line string) bool {
	return strings.HasPrefix(line, "During handling of the above exception") || strings.HasPrefix(line, "The above exception was the direct cause") ||
		strings.HasPrefix(line, pythonHead)
}

// beginsUnder: a program that logs an error writes what was thrown under it.
func beginsUnder(line string) bool {
	return strings.HasPrefix(line, pythonHead) || strings.HasPrefix(line, "goroutine ") || javaThrown.MatchString(line)
}

func isFrame(line string) bool { return frame.MatchString(line) }

func isDetail(line string) bool { return detail.MatchString(line) }
