package k8sops

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	variableParts = regexp.MustCompile(`\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{7,}\b|\d+(?:[.:,-]\d+)*|"[^"]*"|'[^']*'`)
	generatedName = regexp.MustCompile(`-[a-z0-9]{6,10}-[a-z0-9]{5}\b`)
	leadingTime   = regexp.MustCompile(`^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*\s*`)
)

// Normalise reduces a line to its pattern: numbers, ids, quoted values and generated names become "#", so that lines
// which say the same are counted together.
func Normalise(line string) string {
	line = leadingTime.ReplaceAllString(strings.TrimSpace(line), "")
	line = generatedName.ReplaceAllString(line, "-#")
	return Clip(variableParts.ReplaceAllString(line, "#"), 200)
}

// Clip shortens s to at most n characters, on one line.
func Clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
