package loglevel

import (
	"strings"
)

// Level is how bad a line says that things are.
type Level int

// The levels. What says nothing of itself and holds no word of trouble is Calm.
const (
	Calm Level = iota
	Warning
	Error
)

// Of is the level of a line, which must hold no control sequences any more. Formats that are sure come first.
func Of(line string) Level {
	line = strings.TrimRight(line, " \t\r")
	level, told := byFormat(line)
	switch {
	case told:
		return level
	case !suspicious(line):
		return Calm
	case isTrace(line):
		return Error
	}
	if level, told := ownLevel(line); told {
		return level
	}
	if isAccess(line) {
		return Calm // whatever the path is called
	}
	return byWords(line)
}

// Told is the level that a line says of itself; ok is false where it says none.
func Told(line string) (level Level, ok bool) {
	line = strings.TrimRight(line, " \t\r")
	if level, ok := byFormat(line); ok {
		return level, true
	}
	if !suspicious(line) || isTrace(line) {
		return Calm, false
	}
	return ownLevel(line)
}

func byFormat(line string) (Level, bool) {
	for _, format := range []func(string) (Level, bool){syslogPriority, jsonObject, letterLevel, redisMark, serverFault} {
		if level, ok := format(line); ok {
			return level, true
		}
	}
	return Calm, false
}

// named is the level that a word stands for; ok is false for other words.
func named(word string) (level Level, ok bool) {
	switch strings.ToLower(word) {
	case "error", "err", "eror", "erro", "fail", "failure", "crit", "critical", "fatal", "ftl", "severe", "alert", "alrt", "emerg", "emergency", "panic", "dpanic",
		"错误", "致命", "致命错误", "严重", "严重错误", "异常":
		return Error, true
	case "warn", "warning", "wrn", "警告", "告警":
		return Warning, true
	case "trace", "trc", "trce", "debug", "dbg", "dbug", "info", "inf", "information", "informational", "notice", "note", "verbose", "vrb", "fine", "finer", "finest",
		"config", "log", "system", "default", "信息", "日志", "调试", "提示":
		return Calm, true
	}
	return Calm, false
}
