package logs

import (
	"strconv"
	"strings"
	"time"

	"opsbot/internal/loglevel"
)

// What is kept of one entry. The first lines of a panic or a stack trace are the telling ones.
const (
	maxEntryLines = 120
	maxEntryBytes = 16 << 10
	// maxEntryGap: a trace is written at once; what comes later is something else.
	maxEntryGap = 2 * time.Second
)

// entry is what a program wrote at once: a line, or a panic or stack trace with all its lines.
type entry struct {
	at    time.Time
	text  string
	level loglevel.Level
}

// splitter makes entries of lines. Every line goes into one entry, in order.
type splitter struct {
	lines []string
	bytes int
	left  int // lines that were not kept
	at    time.Time
	last  time.Time
	level loglevel.Level
	trace trace
}

// next takes a line. When the line begins an entry, the one before is complete and comes back.
func (s *splitter) next(at time.Time, line string) (complete entry, ok bool) {
	if len(s.lines) > 0 && at.Sub(s.last) <= maxEntryGap && s.continues(at, line) {
		s.keep(at, line)
		return entry{}, false
	}
	complete, ok = s.end()
	s.at, s.level, s.trace = at, loglevel.Of(line), traceOf(line)
	s.keep(at, line)
	return complete, ok
}

// end gives the entry that was begun.
func (s *splitter) end() (entry, bool) {
	if len(s.lines) == 0 {
		return entry{}, false
	}
	text := strings.Join(s.lines, "\n")
	if s.left > 0 {
		text += "\n… (+" + strconv.Itoa(s.left) + ")"
	}
	complete := entry{at: s.at, text: text, level: s.level}
	*s = splitter{}
	return complete, true
}

func (s *splitter) keep(at time.Time, line string) {
	s.last = at
	if len(s.lines) > 0 && (len(s.lines) == maxEntryLines || s.bytes+len(line) > maxEntryBytes) {
		s.left++
		return
	}
	s.lines = append(s.lines, strings.Clone(line))
	s.bytes += len(line) + 1
}

// continues decides whether a line belongs to the entry before it.
func (s *splitter) continues(at time.Time, line string) bool {
	if goesOn, known := s.trace.continues(line); known {
		return goesOn
	}
	if s.level > loglevel.Calm && at.Sub(s.last) < maxEntryGap/20 && beginsUnder(line) {
		s.trace = traceOf(line)
		return true
	}
	return isDetail(line) || isIndented(line) && (isFrame(line) || len(s.lines) < maxEntryLines && !isTroubleOfItsOwn(line))
}

func isIndented(line string) bool {
	return line != "" && (line[0] == ' ' || line[0] == '\t') && strings.TrimSpace(line) != ""
}

// isTroubleOfItsOwn: a line with a level is an entry, however it is indented.
func isTroubleOfItsOwn(line string) bool {
	level, told := loglevel.Told(strings.TrimSpace(line))
	return told && level > loglevel.Calm
}
