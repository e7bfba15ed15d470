package redact

import (
	"strings"
	"unicode/utf8"
)

// separators stand between a name and its value; longer ones first.
func separatorAt(text string, at int) int {
	rest := text[at:]
	for _, sep := range [...]string{"=>", ":=", "==", "::", "->", "~>", "=", ":", "：", "＝", "%3D", "%3d", "%3A", "%3a", `\u003d`, `\u003D`, `\x3d`, "→"} {
		if strings.HasPrefix(rest, sep) {
			return len(sep)
		}
	}
	return 0
}

// valueAt reads a value: quoted, in brackets, or up to where a value ends.
func valueAt(text string, at int, inQuery bool) (span, bool) {
	if at >= len(text) {
		return span{}, false
	}
	if isPlaceholder(text[at:]) {
		return span{}, false
	}
	s, ok := quotedAt(text, at)
	switch {
	case ok:
	case text[at] == '[':
		s = bracketed(text, at)
	case text[at] == '{' && !strings.HasPrefix(text[at:], "{{"):
		return span{}, false // an object: its own names say what is secret
	default:
		s = bareAt(text, at, inQuery)
	}
	return s, s.end > s.start && !isNothing(text[s.start:s.end])
}

// isPlaceholder: ${DB_PASSWORD}, {{ .Values.password }}, <redacted>.
func isPlaceholder(rest string) bool {
	for _, p := range [...][2]string{{"${", "}"}, {"$(", ")"}, {"{{", "}}"}, {"<", ">"}, {"(", ")"}} {
		if !strings.HasPrefix(rest, p[0]) {
			continue
		}
		end := strings.Index(rest, p[1])
		return end > 0 && isNothing(rest[:end+len(p[1])]) && (end+len(p[1]) == len(rest) || !isWordByte(rest[end+len(p[1])]))
	}
	return false
}

// bracketed is a list.
func bracketed(text string, at int) span {
	if end := strings.IndexByte(text[at:], ']'); end > 0 {
		return span{at + 1, at + end}
	}
	return span{at + 1, len(text)}
}

func isQuoteAt(text string, at int) bool {
	_, ok := quotedAt(text, at)
	return ok
}

// quotes open and close values. An escaped quote closes with one that is escaped as often.
func quotedAt(text string, at int) (span, bool) {
	rest := text[at:]
	for _, q := range [...][2]string{{"“", "”"}, {"「", "」"}, {"‘", "’"}, {"『", "』"}, {"【", "】"}, {"&quot;", "&quot;"}, {"%22", "%22"}} {
		if strings.HasPrefix(rest, q[0]) {
			return until(text, at+len(q[0]), q[1]), true
		}
	}
	depth := 0
	for depth < len(rest) && rest[depth] == '\\' {
		depth++
	}
	if depth < len(rest) && (rest[depth] == 'b' || rest[depth] == 'u' || rest[depth] == 'r') && depth == 0 && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"') {
		at, rest = at+1, rest[1:] // Python's b'…'
	}
	if depth == len(rest) || strings.IndexByte("\"'`", rest[depth]) < 0 {
		return span{}, false
	}
	return quoted(text, at+depth, depth), true
}

func until(text string, start int, end string) span {
	if i := strings.Index(text[start:], end); i >= 0 {
		return span{start, start + i}
	}
	return span{start, len(text)}
}

// quoted is the inside of a value whose quote stands at open, behind so many backslashes. One that is not closed goes to the end of the
// line; what follows the closing quote without a space belongs to the value, as in a shell.
func quoted(text string, open, depth int) span {
	quote, start := text[open], open+1
	for i := start; i < len(text); i++ {
		if text[i] != quote {
			continue
		}
		slashes := 0
		for i-slashes > start && text[i-slashes-1] == '\\' {
			slashes++
		}
		if quote == '\'' && depth == 0 && i+1 < len(text) && text[i+1] == '\'' && i > start {
			i++ // SQL's ''
			continue
		}
		if slashes != depth && !(quote == '`' && slashes == 0) && !(depth == 0 && slashes%2 == 0) {
			continue
		}
		end := i - depth
		if i+1 < len(text) && isWordByte(text[i+1]) {
			end = i + 1 + len(untilSpace(text[i+1:]))
		}
		return span{start, max(start, end)}
	}
	return span{start, len(text)}
}

// bareAt is a value without quotes. Passwords have punctuation inside, so a mark ends one only where something else begins behind it.
func bareAt(text string, at int, inQuery bool) span {
	i := at
	for i < len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			if size := wideStop(text[i:]); size > 0 {
				break
			}
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' || i > at && endsValue(text, i, inQuery) {
			break
		}
		i++
	}
	// A bearer's scheme is no secret, what follows is.
	if isScheme(strings.ToLower(text[at:i])) {
		next := skipSpace(text, i)
		if next > i && next < len(text) {
			return bareAt(text, next, inQuery)
		}
	}
	return span{at, i}
}

// endsValue reports whether the mark at i ends the value.
func endsValue(text string, i int, inQuery bool) bool {
	rest := text[i+1:]
	switch text[i] {
	case '&':
		return inQuery && beginsPair(rest) || strings.HasPrefix(rest, "amp;") && inQuery
	case '%':
		return inQuery && strings.HasPrefix(rest, "26")
	case ';', ',':
		return rest == "" || rest[0] == ' ' || beginsPair(rest) || rest[0] == '"' || rest[0] == '\'' || rest[0] == '}'
	case '"', '\'', '`':
		return rest == "" || !isWordByte(rest[0]) && rest[0] < utf8.RuneSelf
	case '\\':
		if inQuery && strings.HasPrefix(rest, "u0026") {
			return true
		}
		return rest != "" && (rest[0] == '"' || rest[0] == '\'') && (len(rest) == 1 || !isWordByte(rest[1]))
	case ')', ']', '}', '>':
		return strings.Trim(untilSpace(rest), `)]}>,.;:"'`+"`") == ""
	case '<':
		return strings.HasPrefix(rest, "/")
	case '#':
		return inQuery
	}
	return false
}

// beginsPair: name= or name: follows.
func beginsPair(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	i := 0
	for i < len(rest) && (isNameByte(rest[i]) || rest[i] == ' ' && i > 0 && i+1 < len(rest) && isLetter(rest[i+1])) {
		i++
	}
	return i > 0 && i < len(rest) && (rest[i] == '=' || rest[i] == ':')
}

// wideStop is the length of a mark of full width that ends a value.
func wideStop(rest string) int {
	for _, mark := range [...]string{"，", "。", "；", "、", "）", "】", "」", "”", "』", "！", "？", "：", "\u3000", "\u00a0"} {
		if strings.HasPrefix(rest, mark) {
			return len(mark)
		}
	}
	return 0
}
