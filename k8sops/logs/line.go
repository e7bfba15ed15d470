package logs

import (
	"time"
)

// logLine is one line with the time at which it was written.
type logLine struct {
	at           time.Time
	source, text string
}

const clockTime = "15:04:05.000"

func (l logLine) String() string {
	return l.at.UTC().Format(clockTime) + " " + l.source + " " + l.text
}

// size is how many bytes String and a line end take.
func (l logLine) size() int { return len(clockTime) + len(l.source) + len(l.text) + len("  \n") }
