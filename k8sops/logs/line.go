package logs

import (
	"strings"
	"time"
)

// logLine is one entry with the time at which it was written: a line, or several where it is a trace.
type logLine struct {
	at           time.Time
	source, text string
}

const clockTime = "15:04:05.000"

// lines is how many lines it takes.
func (l logLine) lines() int { return 1 + strings.Count(l.text, "\n") }

func (l logLine) String() string {
	return l.at.UTC().Format(clockTime) + " " + l.source + " " + l.text
}

// size is how many bytes String and a line end take.
func (l logLine) size() int { return len(clockTime) + len(l.source) + len(l.text) + len("  \n") }
