// Package pattern tells lines that say the same from lines that do not.
package pattern

import (
	"regexp"
	"strings"

	"opsbot/messages"
)

var (
	variableParts = regexp.MustCompile(`\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{7,}\b|\d+(?:[.:,-]\d+)*|"[^"]*"|'[^']*'`)
	generatedName = regexp.MustCompile(`-[a-z0-9]{6,10}-[a-z0-9]{5}\b`)
	leadingTime   = regexp.MustCompile(`^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*\s*`)
)

// Of reduces a line to its pattern: numbers, ids, quoted values and generated names become "#", so that lines
// which say the same are counted together.
func Of(line string) string {
	line = leadingTime.ReplaceAllString(strings.TrimSpace(line), "")
	line = generatedName.ReplaceAllString(line, "-#")
	return messages.Clip(variableParts.ReplaceAllString(line, "#"), 200)
}
