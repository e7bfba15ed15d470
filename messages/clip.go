package messages

import (
	"strings"
	"unicode/utf8"
)

// Clip shortens s to at most n characters, on one line.
func Clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
