package loglevel

import (
	"regexp"
	"strings"
)

var (
	pairLevel = regexp.MustCompile(`(?i)(?:^|[\s,;{(|])["']?(?:level|lvl|severity|log_?level|log\.level|levelname)(?:=["']?|["']: *["'])([a-z]+|\d+)`)
	headLevel = regexp.MustCompile(`(?i)^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]? )?(?:[\w./-]+(?:\[\d+\])?: )?([a-z]+)(?:\[\w+\])?(?:: |:$|!| - )`)
	chinese   = regexp.MustCompile(`(?:^|[\s\]】])[\[【]?(致命错误|严重错误|错误|严重|致命|警告|告警|异常|信息|日志|调试|提示)(?:[:：] *|[\]】])`)
)

// ownLevel is the level that a line says it has. Of several words that could be it, the first is. "no ERROR" and "错误: 无" are no level.
func ownLevel(line string) (level Level, ok bool) {
	at := len(line) + 1
	for _, find := range []func(string) (int, Level, bool){pairAt, headAt, bracketAt, upperAt, chineseAt} {
		if i, l, found := find(line); found && i < at {
			at, level, ok = i, l, true
		}
	}
	if level > Calm && isDenied(line, at) {
		return Calm, false
	}
	return level, ok
}

// isDenied: the words before say "no", or what follows is "none".
func isDenied(line string, at int) bool {
	before := strings.Fields(line[max(0, at-24):at])
	for _, word := range before[max(0, len(before)-2):] {
		switch strings.ToLower(word) {
		case "no", "zero", "without", "not", "non", "never":
			return line[at] != '['
		}
	}
	_, value, _ := strings.Cut(strings.ReplaceAll(line[at:min(len(line), at+40)], "：", ":"), ":")
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "none", "nil", "<nil>", "null", "[]", "{}", "无", "没有", "空":
		return true
	}
	return false
}

// pairAt finds level=error, as logfmt writes it and dictionaries do, outside of quoted text.
func pairAt(line string) (int, Level, bool) {
	if !strings.Contains(line, "evel=") && !strings.Contains(line, "evel'") && !strings.Contains(line, `evel"`) && !strings.Contains(line, "lvl") && !strings.Contains(line, "everity") {
		return 0, Calm, false
	}
	m := pairLevel.FindStringSubmatchIndex(line)
	if m == nil || strings.Count(line[:m[0]], `"`)%2 == 1 {
		return 0, Calm, false
	}
	if level, ok := jsonNumber(field{"level", line[m[2]:m[3]]}); ok {
		return m[0], level, true
	}
	level, ok := named(line[m[2]:m[3]])
	return m[0], level, ok
}

// headAt finds "error: …" at the beginning, after a time and the name of a program.
func headAt(line string) (int, Level, bool) {
	if m := headLevel.FindStringSubmatch(line); m != nil {
		level, ok := named(m[1])
		return 0, level, ok
	}
	return 0, Calm, false
}

// bracketAt finds [error], [core:error] and [ WARN ].
func bracketAt(line string) (int, Level, bool) {
	for from := 0; ; {
		open := strings.IndexByte(line[from:], '[')
		if open < 0 {
			return 0, Calm, false
		}
		open += from
		length := strings.IndexByte(line[open:], ']')
		if length > 0 && length < 30 {
			inside := line[open+1 : open+length]
			inside = inside[strings.LastIndexByte(inside, ':')+1:]
			if level, ok := named(strings.TrimSpace(inside)); ok {
				return open, level, true
			}
		}
		from = open + 1
	}
}

// upperAt finds a level in capitals that stands alone.
func upperAt(line string) (int, Level, bool) {
	for i := 0; i < len(line); i++ {
		if !isUpper(line[i]) {
			continue
		}
		end := i
		for end < len(line) && isUpper(line[end]) {
			end++
		}
		if end-i > 2 && end-i < 12 && standsAlone(line, i, end) {
			if level, ok := upperNamed(line, i, end); ok {
				return i, level, true
			}
		}
		i = end
	}
	return 0, Calm, false
}

// upperNamed: LOG, CONFIG and the like are levels only before a colon, as PostgreSQL and java.util.logging write them.
func upperNamed(line string, from, to int) (Level, bool) {
	switch word := line[from:to]; word {
	case "LOG", "CONFIG", "FINE", "NOTE", "SYSTEM", "DEFAULT", "FAIL", "FAILURE", "INFORMATION", "DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION":
		if to == len(line) || line[to] != ':' {
			return Calm, false
		}
		level, _ := named(word)
		return level, true
	default:
		return named(word)
	}
}

func standsAlone(line string, from, to int) bool {
	if from > 0 {
		if before := line[from-1]; isWord(before) || strings.IndexByte(`/.=%&?"'$@#-`, before) >= 0 && !strings.HasPrefix(line, "=") {
			return false
		}
	}
	if to == len(line) {
		return true
	}
	switch after := line[to]; after {
	case '.', '-':
		return to+1 == len(line) || line[to+1] == ' '
	case '=', '"', '\'':
		return false
	default:
		return !isWord(after) || after >= '0' && after <= '9' && line[from:to] == "DEBUG"
	}
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isWord(c byte) bool {
	return isUpper(c) || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_'
}

func chineseAt(line string) (int, Level, bool) {
	if isASCII(line) {
		return 0, Calm, false
	}
	m := chinese.FindStringSubmatchIndex(line)
	if m == nil {
		return 0, Calm, false
	}
	level, ok := named(line[m[2]:m[3]])
	return m[2], level, ok
}
