package mrkdwn

import (
	"strings"
	"unicode/utf8"
)

const ellipsis = "…"

// Cut shortens s to at most limit by size (code points or bytes), with an ellipsis, and reports whether it did. It cuts
// between entities and bracketed markup, never inside, and closes a code span that it cuts open.
func Cut(s string, limit int, size func(string) int) (string, bool) {
	if size(s) <= limit {
		return s, false
	}
	room, used, end := limit-size(ellipsis)-1, 0, 0
	for end < len(s) {
		n := atom(s[end:])
		if used += size(s[end : end+n]); used > room {
			break
		}
		end += n
	}
	return closeCode(strings.TrimRight(s[:end], " \n")) + ellipsis, true
}

// closeCode closes a code span that is open at the end of s. One that has only just opened is taken back: a backtick
// after others could begin a fence.
func closeCode(s string) string {
	switch {
	case strings.Count(s, "`")%2 == 0:
		return s
	case strings.HasSuffix(s, "`"):
		return strings.TrimRight(strings.TrimSuffix(s, "`"), " \n")
	default:
		return s + "`"
	}
}

// atom is the length in bytes of the first part of s that must not be cut: an entity, a mention, link or date in brackets, or a
// character.
func atom(s string) int {
	switch s[0] {
	case '&':
		for _, entity := range []string{"&amp;", "&lt;", "&gt;"} {
			if strings.HasPrefix(s, entity) {
				return len(entity)
			}
		}
	case '<':
		if i := strings.IndexByte(s, '>'); i > 0 {
			return i + 1
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// CutPlain shortens s to at most limit code points.
func CutPlain(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " \n") + ellipsis
}
