package redact

import "strings"

// fieldFinder reads what follows a name of a secret: DB_PASSWORD=x, "api_key": "x", :password=>"x", --token x, <password>x</password>.
func fieldFinder(c class) finder {
	return func(text string, start, end int) (span, bool) {
		f, ok := readName(text, start, end, c)
		if !ok {
			return span{}, false
		}
		s, ok := f.value()
		return s, ok && s.end > s.start
	}
}

// field is a name in a text that may have a value behind it.
type field struct {
	text       string
	start, end int // of the identifier
	word       string
	class      class
	// number: the name may count (tokens, secrets).
	plural bool
}

// maxName is how far an identifier goes on either side of its word.
const maxName = 128

// readName takes in the whole identifier around a word, unless the word is no name of a secret there.
func readName(text string, start, end int, c class) (field, bool) {
	f := field{text: text, start: start, end: end, word: text[start:end], class: c}
	if c != plain && c != header && !f.stands(start, end) {
		return f, false
	}
	for f.start > max(0, start-maxName) && isNameByte(text[f.start-1]) {
		f.start--
	}
	for f.end < min(len(text), end+maxName) && isNameByte(text[f.end]) {
		f.end++
	}
	tail := strings.TrimRight(text[end:f.end], ".-")
	f.end = end + len(tail)
	f.plural = strings.HasPrefix(strings.ToLower(tail), "s")
	return f, !isAboutIt(tail) && !isOtherWord(tail) && !isReferenceName(text[:f.start], text[f.start:f.end])
}

// stands: the word is one of its own within the identifier: pass in DB_PASS, db.pass, dbPass; not in compass.
func (f field) stands(start, end int) bool {
	text := f.text
	if end < len(text) && isLetter(text[end]) && !(isLower(text[end-1]) && isUpper(text[end])) && !(f.class != standing && text[end] == 's') {
		return false
	}
	if start == 0 || !isLetter(text[start-1]) && !isDigit(text[start-1]) {
		return true
	}
	if isLower(text[start-1]) && isUpper(text[start]) {
		return true
	}
	if f.class != standing {
		return false
	}
	before := strings.ToLower(text[max(0, start-8):start])
	for _, owner := range []string{"user", "db", "smtp", "mail", "root", "admin", "redis", "require", "mysql", "pg", "ftp", "key", "store"} {
		if strings.HasSuffix(before, owner) {
			return true
		}
	}
	return false
}

// isAboutIt tells from the rest of the identifier that the value is no secret: password_file, tokenExpiry, secretName.
func isAboutIt(tail string) bool {
	for len(tail) > 0 {
		at := 0
		for at < len(tail) && !isLetter(tail[at]) {
			at++
		}
		end := at
		for end < len(tail) && isLetter(tail[end]) && (end == at || !isUpper(tail[end]) || isUpper(tail[end-1])) {
			end++
		}
		if isAbout(strings.ToLower(tail[at:end])) {
			return true
		}
		if end == at {
			break
		}
		tail = tail[end:]
	}
	return false
}

// value finds what is secret behind the name.
func (f field) value() (span, bool) {
	at := f.afterQuote(f.end)
	if f.isInTag() && at < len(f.text) && (f.text[at] == '>' || f.text[at] == ' ') {
		return f.tagContent(at)
	}
	at = skipSpace(f.text, at)
	if sep := separatorAt(f.text, at); sep > 0 && !f.isCode(at, sep) {
		return f.assigned(at, sep)
	}
	if s, ok := f.named(f.afterQuote(f.end)); ok {
		return s, ok
	}
	return f.spaced(at)
}

// afterQuote skips what closes a name: quotes, also escaped ones, and brackets.
func (f field) afterQuote(at int) int {
	for at < len(f.text) {
		switch c := f.text[at]; {
		case c == '\\' && at+1 < len(f.text) && (f.text[at+1] == '"' || f.text[at+1] == '\'' || f.text[at+1] == '\\'), c == '"', c == '\'', c == '`', c == ']' && f.isBracketed():
			at++
		case strings.HasPrefix(f.text[at:], "”"), strings.HasPrefix(f.text[at:], "」"), strings.HasPrefix(f.text[at:], "】"):
			at += 3
		default:
			return at
		}
	}
	return at
}

// isBracketed: params[password], ["password"].
func (f field) isBracketed() bool {
	before := strings.TrimRight(f.text[:f.start], `"'\`)
	return strings.HasSuffix(before, "[") || strings.HasSuffix(before, "[:")
}

// assigned is the value after a separator.
func (f field) assigned(at, sep int) (span, bool) {
	separator := f.text[at : at+sep]
	start := skipSpace(f.text, at+sep)
	switch f.class {
	case header:
		return f.headerValue(start)
	case vague, coded:
		s, ok := valueAt(f.text, start, f.inQuery())
		if !ok {
			return s, false
		}
		v := f.text[s.start:s.end]
		if f.class == coded {
			return s, isCode(v)
		}
		return s, isOpaque(v, 12) && !isDigest(v)
	}
	if !isQuoteAt(f.text, start) && strings.HasPrefix(strings.TrimSpace(separator), ":") && isProse(firstWord(f.text[start:])) {
		return span{}, false
	}
	s, ok := valueAt(f.text, start, f.inQuery())
	if !ok || f.plural && isCount(f.text[s.start:s.end]) {
		return s, false
	}
	if f.beginsLine() && strings.TrimSpace(separator) == ":" && !isQuoteAt(f.text, start) {
		return f.wordsToTheEnd(s), true
	}
	return s, true
}

// headerValue goes to the end of the quotes in which the header stands, or of the line.
func (f field) headerValue(start int) (span, bool) {
	if isQuoteAt(f.text, start) {
		return valueAt(f.text, start, false)
	}
	if word := firstWord(f.text[start:]); isProse(word) && !isScheme(word) || isNothing(strings.TrimSpace(f.text[start:])) {
		return span{}, false
	}
	end := len(f.text)
	if f.start > 0 && strings.IndexByte("\"'`", f.text[f.start-1]) >= 0 {
		if at := strings.IndexByte(f.text[start:], f.text[f.start-1]); at >= 0 {
			end = start + at
			for end > start && f.text[end-1] == '\\' {
				end--
			}
		}
	}
	end = start + len(strings.TrimRight(f.text[start:end], " \t\r"))
	return span{start, end}, end > start && !strings.HasPrefix(f.text[start:end], hidden)
}

// isScheme tells the schemes of authorization.
func isScheme(word string) bool {
	switch word {
	case "bearer", "basic", "token", "digest", "apikey", "negotiate":
		return true
	}
	return false
}

// beginsLine: "password: correct horse" as in YAML.
func (f field) beginsLine() bool {
	return strings.Trim(f.text[:f.start], " \t-") == ""
}

// wordsToTheEnd takes in the other words of a passphrase.
func (f field) wordsToTheEnd(s span) span {
	rest := strings.TrimRight(f.text[s.end:], " \t\r")
	if strings.ContainsAny(rest, `=:"'#,;{}[]()`) {
		return s
	}
	return span{s.start, s.end + len(rest)}
}

// isCode tells a place in source, token.go:12, and a path of modules, token::verify.
func (f field) isCode(at, sep int) bool {
	after := f.text[at+sep:]
	switch f.text[at : at+sep] {
	case "::":
		return true
	case ":":
		name := f.text[f.start:f.end]
		dot := strings.LastIndexByte(name, '.')
		return dot >= 0 && len(name)-dot <= 6 && after != "" && isDigit(after[0])
	}
	return false
}

// inQuery: the name is a parameter of an address, so that & ends the value.
func (f field) inQuery() bool {
	for i := f.start - 1; i >= max(0, f.start-maxParameter); i-- {
		switch f.text[i] {
		case '?', '&':
			return true
		case ' ', '\t', '"', '\'', '<', '(', ',':
			return false
		}
	}
	return false
}
