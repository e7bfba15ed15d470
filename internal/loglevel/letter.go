package loglevel

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	priority = regexp.MustCompile(`^<(\d{1,3})>`)
	// klog and glog (E0102 15:04:05), tornado ([E 260102 …), the old MongoDB (time, letter, component), capnslog (time, letter, bar), Ruby's logger.
	klogLetter    = regexp.MustCompile(`^([DIWEFC])\d{4}(?:\d{4})? \d\d:\d\d:\d\d`)
	tornadoLetter = regexp.MustCompile(`^\[([DIWEFC]) \d{6}`)
	timedLetter   = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ][\d:.,]+\S* +([DIWEFCN]) +(?:[A-Z]+ +\[|\| )`)
	redisLine     = regexp.MustCompile(`^\d+:[XCSM] \d{1,2} \w{3} (?:\d{4} )?[\d:.]+ ([.*#-]) `)
)

// syslogPriority decides only for trouble: a container's driver gives everything that it forwards the priority "info".
func syslogPriority(line string) (Level, bool) {
	if !strings.HasPrefix(line, "<") {
		return Calm, false
	}
	m := priority.FindStringSubmatch(line)
	if m == nil {
		return Calm, false
	}
	n, err := strconv.Atoi(m[1])
	level := syslogLevel(n & 7)
	return level, err == nil && level > Calm
}

func syslogLevel(n int) Level {
	switch {
	case n < 4:
		return Error
	case n == 4:
		return Warning
	}
	return Calm
}

func letterLevel(line string) (Level, bool) {
	if line == "" || strings.IndexByte("DIWEFC[0123456789", line[0]) < 0 {
		return Calm, false
	}
	for _, format := range []*regexp.Regexp{klogLetter, tornadoLetter, timedLetter} {
		if m := format.FindStringSubmatch(line); m != nil {
			return letter(m[1])
		}
	}
	return Calm, false
}

func letter(s string) (Level, bool) {
	switch s {
	case "E", "F", "C":
		return Error, true
	case "W":
		return Warning, true
	case "I", "D", "N", "D1", "D2", "D3", "D4", "D5":
		return Calm, true
	}
	return Calm, false
}

// redisMark: Redis marks what it warns of with "#".
func redisMark(line string) (Level, bool) {
	if line == "" || line[0] < '0' || line[0] > '9' {
		return Calm, false
	}
	m := redisLine.FindStringSubmatch(line)
	if m == nil {
		return Calm, false
	}
	if m[1] == "#" {
		return Warning, true
	}
	return Calm, true
}
