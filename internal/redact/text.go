package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c) || isUpper(c) }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// isWordByte: letters, digits and _, as \w.
func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

// isNameByte: what identifiers of files, variables and flags are made of.
func isNameByte(c byte) bool { return isWordByte(c) || c == '-' || c == '.' }

func lastBytes(text string, n int) string { return text[max(0, len(text)-n):] }

// skipSpace skips spaces, also those of full width.
func skipSpace(text string, at int) int {
	for at < len(text) {
		switch {
		case text[at] == ' ' || text[at] == '\t':
			at++
		case strings.HasPrefix(text[at:], "\u3000"):
			at += 3
		case strings.HasPrefix(text[at:], "\u00a0"):
			at += 2
		default:
			return at
		}
	}
	return at
}

func untilSpace(text string) string {
	if i := strings.IndexAny(text, " \t\r\n"); i >= 0 {
		return text[:i]
	}
	return text
}

// firstWord is the first word in lower case, without what follows it.
func firstWord(text string) string {
	word := strings.TrimRight(untilSpace(text), ".,;:!?")
	if len(word) > 40 {
		return word[:40]
	}
	return strings.ToLower(word)
}

// isOpaque tells what people neither write nor read: long, of letters and digits, or of both cases in no order of words.
func isOpaque(s string, least int) bool {
	if len(s) < least {
		return false
	}
	lower, upper, digits := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case isLower(c):
			lower++
		case isUpper(c):
			upper++
		case isDigit(c):
			digits++
		case strings.IndexByte("+/=_-.~%:,;*!$", c) < 0:
			return false
		}
	}
	return digits > 0 && lower+upper > 0 || strings.HasSuffix(s, "=") && lower+upper > 0
}

// isDigest tells checksums and ids that everybody may see: sha256:…, UUIDs, and what git and images are named by.
func isDigest(s string) bool {
	if _, rest, ok := strings.Cut(s, ":"); ok {
		s = rest
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') && c != '-' {
			return false
		}
	}
	return len(s) == 36 || len(s) == 64 || len(s) == 40 || len(s) == 7 || len(s) == 8 || len(s) == 12 || len(s) == 16
}

// isCount is a number of tokens, of secrets.
func isCount(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' && s[i] != ',' {
			return false
		}
	}
	return len(s) <= 9
}

// isCode is what is sent to a telephone: four to eight digits.
func isCode(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) >= 4 && len(s) <= 8
}

// isChinese reports whether text begins with a Chinese character.
func isChinese(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.Is(unicode.Han, r)
}
