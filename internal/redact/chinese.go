package redact

import (
	"strings"
	"unicode/utf8"
)

// chineseField reads what follows 密码, 口令, 密钥, 令牌: 密码：x, 密码（新）= x, 密码已重置为 x, "密码":"x".
func chineseField(text string, start, end int) (span, bool) {
	at := skipSpace(text, field{text: text, start: start, end: end}.afterQuote(end))
	between, at := qualifier(text, at)
	if isAboutInChinese(between) {
		return span{}, false
	}
	if verb := chineseVerb(text, at); verb > 0 {
		value := afterSeparator(text, skipSpace(text, at+verb))
		if value == len(text) || isChinese(text[value:]) {
			return span{}, false
		}
		return withUser(text, start)(chineseValue(text, value))
	}
	if sep := separatorAt(text, at); sep > 0 && (between == "" || !strings.ContainsAny(text[at:at+sep], ":：") || isSide(between)) {
		return withUser(text, start)(chineseValue(text, skipSpace(text, at+sep)))
	}
	if between != "" || isTokenWord(text[start:end]) {
		return span{}, false
	}
	return bareChinese(text, at)
}

// bareChinese is a value without a mark, 密码 x, 口令x: only what is no word.
func bareChinese(text string, at int) (span, bool) {
	s, isQuoted := quotedAt(text, at)
	if !isQuoted {
		s = bareAt(text, at, false)
	}
	value := text[s.start:s.end]
	return s, len(value) >= 4 && !isChinese(value) && strings.ContainsAny(value, "0123456789") && !isCount(value) && !isNothing(value)
}

func afterSeparator(text string, at int) int { return skipSpace(text, at+separatorAt(text, at)) }

// isTokenWord: what has names of its own, and is talked about by them.
func isTokenWord(word string) bool {
	return word != "密码" && word != "口令" && word != "密碼" && word != "暗号"
}

// isSide: 密码（新）, 密码2.
func isSide(between string) bool {
	return strings.HasPrefix(between, "（") || strings.HasPrefix(between, "(") || len(between) <= 2 || between == "信息" || between == "内容" || between == "明文" || between == "原文"
}

// qualifier is what stands between the word and its separator: a few Chinese characters, or something in brackets.
func qualifier(text string, at int) (string, int) {
	start := at
	for _, b := range [...][2]string{{"（", "）"}, {"(", ")"}} {
		if !strings.HasPrefix(text[at:], b[0]) {
			continue
		}
		if end := strings.Index(text[at:], b[1]); end > 0 && end < 48 {
			at += end + len(b[1])
			return text[start:at], skipSpace(text, at)
		}
	}
	for n := 0; at < len(text) && n < 12 && isChinese(text[at:]) && chineseVerb(text, at) == 0; n++ {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[start:at], skipSpace(text, at)
}

// chineseVerb is the length of the word at a place that says what a value is.
func chineseVerb(text string, at int) int {
	for _, verb := range [...]string{"是", "为", "為", "改成", "设成"} {
		if strings.HasPrefix(text[at:], verb) {
			return len(verb)
		}
	}
	return 0
}

// withUser takes in the second word of 账号密码：admin x.
func withUser(text string, start int) func(span, bool) (span, bool) {
	return func(s span, ok bool) (span, bool) {
		before := lastBytes(text[:start], 12)
		if !ok || !strings.HasSuffix(before, "账号") && !strings.HasSuffix(before, "帐号") && !strings.HasSuffix(before, "用户名") {
			return s, ok
		}
		next := skipSpace(text, s.end)
		if next == s.end || next == len(text) || isChinese(text[next:]) {
			return s, ok
		}
		return span{s.start, bareAt(text, next, false).end}, true
	}
}

func chineseValue(text string, at int) (span, bool) {
	if at >= len(text) || isChinese(text[at:]) && isNothingInChinese(text[at:]) || !isQuoteAt(text, at) && isProse(firstWord(text[at:])) {
		return span{}, false
	}
	return valueAt(text, at, false)
}
