package loglevel

import (
	"strconv"
	"strings"
)

// maxPrefix is how much may stand before an object: a time.
const maxPrefix = 40

// jsonObject: a level as text beats one as a number, either beats everything else that the object says.
func jsonObject(line string) (Level, bool) {
	at := strings.IndexByte(line, '{')
	if at < 0 || at > maxPrefix || !strings.HasPrefix(strings.TrimLeft(line[at+1:], " "), `"`) || hasWord(line[:at]) {
		return Calm, false
	}
	object := line[at:]
	if level, ok := jsonLevel(object); ok {
		return level, true
	}
	return jsonContent(object), true
}

// hasWord tells a prefix that says something from a time.
func hasWord(prefix string) bool {
	letters := 0
	for _, r := range prefix {
		if letters++; r < 'A' || r > 'z' {
			letters = 0
		}
		if letters > 1 {
			return true
		}
	}
	return false
}

func jsonLevel(object string) (level Level, ok bool) {
	numbered := false
	for f := range jsonFields(object) {
		switch known, is := jsonWord(f); {
		case is:
			return known, true
		case !numbered:
			if known, is := jsonNumber(f); is {
				level, numbered = known, true
			}
		}
	}
	return level, numbered
}

func jsonWord(f field) (Level, bool) {
	switch strings.ToLower(f.key) {
	case "level", "severity", "lvl", "loglevel", "log_level", "levelname", "level_name", "log.level", "@level", "@l", "severitytext", "severity_text":
		return named(f.value)
	case "s": // MongoDB
		return letter(f.value)
	}
	return Calm, false
}

func jsonNumber(f field) (Level, bool) {
	n, err := strconv.Atoi(f.value)
	if err != nil {
		return Calm, false
	}
	switch f.key {
	case "level", "severity", "lvl", "loglevel", "log_level", "log.level":
		return numbered(n), true
	case "levelno": // Python
		return graded(n, 30, 40), true
	case "severityNumber", "severity_number", "SeverityNumber": // OpenTelemetry
		return graded(n, 13, 17), true
	case "PRIORITY": // journald
		return syslogLevel(n), true
	}
	return Calm, false
}

// numbered tells scales apart by their size: log4j counts in ten thousands, Google Cloud in hundreds, pino and bunyan in tens, syslog from
// 7 down to 1 (a 0 is the "info" of zap, not an emergency).
func numbered(n int) Level {
	switch {
	case n >= 10000:
		return graded(n, 30000, 40000)
	case n >= 100:
		return graded(n, 400, 500)
	case n >= 10:
		return graded(n, 40, 50)
	case n > 0:
		return syslogLevel(n)
	}
	return Calm
}

func graded(n, warning, failure int) Level {
	switch {
	case n >= failure:
		return Error
	case n >= warning:
		return Warning
	}
	return Calm
}

// jsonContent judges an object without a level: by a status, a field that holds an error, or the words of its message.
func jsonContent(object string) Level {
	worst := Calm
	for f := range jsonFields(object) {
		worst = max(worst, contentLevel(f))
	}
	return worst
}

func contentLevel(f field) Level {
	switch strings.ToLower(f.key) {
	case "status", "status_code", "statuscode", "response_code", "type", "event", "result", "outcome":
		if n, err := strconv.Atoi(f.value); err == nil && n >= 500 && n < 600 || f.value == "error" || f.value == "failed" || f.value == "failure" {
			return Error
		}
	case "error", "err", "exception", "stack", "stack_trace", "stacktrace", "exc_info":
		if !isNothing(f.value) {
			return Error
		}
	case "msg", "message", "text", "log", "@m", "@mt":
		if !suspicious(f.value) {
			return Calm
		}
		if level, ok := ownLevel(f.value); ok {
			return level
		}
		return byWords(f.value)
	}
	return Calm
}

func isNothing(value string) bool {
	switch strings.ToLower(value) {
	case "", "0", "null", "nil", "<nil>", "none", "false", "no", "ok", "[", "undefined":
		return true
	}
	return false
}
