package loglevel

import (
	"regexp"
	"slices"
	"strings"
)

// denial is what denies trouble, or only speaks about it. The expression is asked only where a hint is seen.
type denial struct {
	hints []string
	words *regexp.Regexp
}

var (
	sayNo         = regexp.MustCompile(`(?i)\b(?:no|0|zero|without|without any|not an?|non|free of|never an?)[ -](?:\w+ )?(?:error|warning|exception|panic|failure|fatal)(?:s|\(s\))?(?:\b|$)`)
	sayNone       = regexp.MustCompile(`(?i)\b(?:errors|warnings|exceptions|failures|err(?:or)?s?[ _-]?(?:count|total|rate|num|number)|warn(?:ing)?s?[ _-]?count)["']?\s*[:=]\s*["']?(?:0(?:\.0+)? ?%?|none|nil|<nil>|null|false|no|ok|\[\]|\{\})(?:[\s,;.)}\]"']|$)`)
	isNone        = regexp.MustCompile(`(?i)\b(?:error|err|exception|warning|warn)(?:=|["']: *)["']?(?:0|none|nil|<nil>|null|false|no|ok|\[\]|\{\}|"|')(?:[\s,;)}\]"']|$)`)
	onlyNamed     = regexp.MustCompile(`(?i)\b(?:error|exception|panic|warning)[ -](?:free|less|handling|handlers?|pages?|logs?|logging|reporting|budget|levels?|middleware)\b|\berror rate (?:is |of )?0(?:\.0+)? ?%`)
	chineseDenial = regexp.MustCompile(`(?:无|没有|未发现|未出现|未见|不是|非|\b0 ?个|\b0 ?次|\b0 ?条|零)(?:任何)?(?:错误|异常|警告|失败|告警)|(?:错误|异常|失败|警告|告警)(?:数|数量|次数|总数|率|计数|码|代码)?\s*[:：=为]\s*(?:0(?:\.0+)?%?|无|没有|空)(?:[\s,，;；。)）]|$)|(?:错误|异常)(?:处理|日志|页面?|码|代码)`)
)

func denials() []denial {
	return []denial{
		{[]string{"no ", "no-", "0 ", "zero", "without", "not a", "non", "free of", "never a", "No ", "Zero", "NO ", "Without"}, sayNo},
		{[]string{"rrors", "arnings", "xceptions", "ailures", "ount", "OUNT", "otal", "ate", "num", "RRORS"}, sayNone},
		{[]string{"=", "'", `"`}, isNone},
		{[]string{"handl", "free", "less", "page", "log", "report", "budget", "level", "middleware", " rate"}, onlyNamed},
		{[]string{"错误", "异常", "警告", "失败", "告警"}, chineseDenial},
	}
}

// addresses with a query say what they like.
var addressWithQuery = regexp.MustCompile(`\S*/\S*\?\S*`)

// trace begins a panic or a stack trace, or is a line of one whose beginning is out of sight.
var trace = regexp.MustCompile(`^(?:panic: |fatal error: |goroutine \d+ \[|\[signal |Traceback \(most recent call last\)|Exception in thread |Caused by: |thread '.*' panicked at|\s+at \S+\(.*\)$|\s+File ".*", line \d+|Segmentation fault)`)

func isTrace(line string) bool { return trace.MatchString(line) }

// withoutDenials takes "no errors" and its like out of a line.
func withoutDenials(line string) string {
	for _, d := range denials() {
		if slices.ContainsFunc(d.hints, func(hint string) bool { return strings.Contains(line, hint) }) {
			line = d.words.ReplaceAllString(line, " ")
		}
	}
	return line
}

// byWords judges a line that says no level of its own.
func byWords(line string) Level {
	if wordLevel(line) == Calm {
		return Calm
	}
	line = withoutDenials(line)
	if strings.Contains(line, "?") {
		line = addressWithQuery.ReplaceAllString(line, " ")
	}
	return wordLevel(line)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
