package loglevel

import (
	"strings"
)

// wordLevel is the worst that the words of a line say. A word that is part of a name, a path or a file says nothing.
func wordLevel(line string) Level {
	worst := phraseLevel(line)
	for i := 0; i < len(line) && worst < Error; i++ {
		if !isWord(line[i]) {
			continue
		}
		end := i
		for end < len(line) && isWord(line[end]) {
			end++
		}
		if end-i > 2 {
			worst = max(worst, oneWord(line, i, end))
		}
		i = end
	}
	return worst
}

// oneWord judges the word at a place of the line.
func oneWord(line string, from, to int) Level {
	word := line[from:to]
	if isUpper(word[0]) && !partOfPath(line, to) {
		switch {
		case strings.HasSuffix(word, "Error") && word != "Error", strings.HasSuffix(word, "Exception") && word != "Exception":
			return Error
		case strings.HasSuffix(word, "Warning") && word != "Warning":
			return Warning
		}
	}
	if len(word) > 10 || partOfName(line, from, to) {
		return Calm
	}
	switch strings.ToLower(word) {
	case "error", "err", "exception", "fatal", "panic", "critical", "traceback", "emerg", "unhandled", "uncaught", "segfault", "oom", "oomkilled":
		return Error
	case "errors":
		if counted(line[:from]) || strings.HasPrefix(line[to:], " occurred") {
			return Error
		}
	case "warn", "warning":
		return Warning
	}
	return Calm
}

func partOfName(line string, from, to int) bool {
	return from > 0 && strings.IndexByte("/.?&%+@$-", line[from-1]) >= 0 || partOfPath(line, to)
}

func partOfPath(line string, to int) bool {
	if to == len(line) {
		return false
	}
	switch line[to] {
	case '/':
		return true
	case '.', '-':
		return to+1 < len(line) && isWord(line[to+1])
	}
	return false
}

// counted: "3 errors", not "errors".
func counted(before string) bool {
	n := len(before) - 2
	return n >= 0 && before[n+1] == ' ' && before[n] >= '0' && before[n] <= '9'
}

func phraseLevel(line string) Level {
	low := strings.ToLower(line)
	for _, phrase := range []string{"failed to ", "segmentation fault", "core dumped", "bus error", "out of memory", "oom-kill", "killed process", "cannot allocate memory", "assertion failed",
		"panicked at", "stack overflow", "no space left on device", "connection refused", "double free or corruption", "terminate called after"} {
		if strings.Contains(low, phrase) {
			return Error
		}
	}
	if isASCII(line) {
		return Calm
	}
	return chinesePhrase(line)
}

func chinesePhrase(line string) Level {
	for _, phrase := range []string{"错误", "异常", "失败", "致命", "崩溃", "拒绝连接", "连接被拒绝", "内存不足", "内存溢出", "段错误"} {
		if strings.Contains(line, phrase) {
			return Error
		}
	}
	if strings.Contains(line, "警告") || strings.Contains(line, "告警") {
		return Warning
	}
	return Calm
}
