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
		if quote == '\'' && depth == 0 && strings.HasPrefix(text[i+1:], "'") && i > start {
			i++ // SQL's ''
			continue
		}
		if !closes(slashesBefore(text, start, i), depth) {
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

func slashesBefore(text string, start, i int) int {
	n := 0
	for i-n > start && text[i-n-1] == '\\' {
		n++
	}
	return n
}

// closes: a quote is closed by one behind as many backslashes; of backslashes in pairs each stands for itself.
func closes(slashes, depth int) bool { return slashes == depth || depth == 0 && slashes%2 == 0 }

// bareAt is a value without quotes. A bearer's scheme is no secret, what follows is.
func bareAt(text string, at int, inQuery bool) span {
	s := bare(text, at, inQuery)
	if !isScheme(strings.ToLower(text[s.start:s.end])) {
		return s
	}
	if next := skipSpace(text, s.end); next > s.end && next < len(text) {
		return bare(text, next, inQuery)
	}
	return s
}

// bare goes on to where a value ends. Passwords have punctuation inside, so a mark ends one only where something else begins behind it.
func bare(text string, at int, inQuery bool) span {
	i := at
	for i < len(text) {
		c := text[i]
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' || i > at && endsValue(text, i, inQuery) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		if c >= utf8.RuneSelf && wideStop(text[i:]) > 0 {
			break
		}
		i += size
	}
	return span{at, i}
}

// maxAhead is how far a mark is looked behind, so that a line of marks takes no time.
const maxAhead = 80

// endsValue reports whether the mark at i ends the value.
func endsValue(text string, i int, inQuery bool) bool {
	rest := text[i+1 : min(len(text), i+1+maxAhead)]
	switch text[i] {
	case '&', '%', '#', '\\':
		return endsParameter(text[i], rest, inQuery)
	case ';', ',':
		return rest == "" || strings.IndexByte(" \"'}", rest[0]) >= 0 || beginsPair(rest)
	case '"', '\'', '`':
		return rest == "" || !isWordByte(rest[0]) && rest[0] < utf8.RuneSelf
	case ')', ']', '}', '>':
		return strings.Trim(untilSpace(rest), `)]}>,.;:"'`+"`") == ""
	case '<':
		return strings.HasPrefix(rest, "/")
	}
	return false
}

// endsParameter reports whether a mark with a meaning in addresses, or a backslash, ends the value.
func endsParameter(mark byte, rest string, inQuery bool) bool {
	if mark == '\\' && rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		return len(rest) == 1 || !isWordByte(rest[1])
	}
	if !inQuery {
		return false
	}
	switch mark {
	case '&':
		return beginsPair(rest) || strings.HasPrefix(rest, "amp;")
	case '%':
		return strings.HasPrefix(rest, "26")
	case '\\':
		return strings.HasPrefix(rest, "u0026")
	}
	return true
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
