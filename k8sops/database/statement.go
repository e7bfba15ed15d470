package database

import (
	"regexp"
	"strings"

	"opsbot/internal/redact"
	"opsbot/messages"
)

// statement is an SQL statement as it may be shown in a channel: on one line, without its literals, which are customers' data or
// passwords, and clipped.
func statement(sql string, length int) string {
	return messages.Clip(redact.Text(strings.Join(strings.Fields(withoutLiterals(sql)), " ")), length)
}

func withoutLiterals(sql string) string {
	literals := regexp.MustCompile(`(?s)\$([A-Za-z_]\w*)?\$.*?(?:\$([A-Za-z_]\w*)?\$|$)|'(?:[^'\\]|''|\\.)*(?:'|$)`)
	return literals.ReplaceAllString(sql, "'…'")
}
