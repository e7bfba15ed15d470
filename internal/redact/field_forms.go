package redact

import "strings"

// isInTag: <password>.
func (f field) isInTag() bool {
	return f.start > 0 && f.text[f.start-1] == '<' || strings.HasSuffix(f.text[:f.start], ":") && strings.Contains(lastBytes(f.text[:f.start], 20), "<")
}

// tagContent is what stands between <password …> and </password>.
func (f field) tagContent(at int) (span, bool) {
	open := strings.IndexByte(f.text[at:], '>')
	if open < 0 || open > 0 && f.text[at+open-1] == '/' {
		return span{}, false
	}
	start := at + open + 1
	end := strings.IndexByte(f.text[start:], '<')
	if end < 0 {
		end = len(f.text) - start
	}
	return span{start, start + end}, !isNothing(f.text[start : start+end])
}

// named is the value beside a name that is one itself: "name":"DB_PASSWORD","value":"x", <entry key="password">x</entry>.
func (f field) named(at int) (span, bool) {
	if at == f.end {
		at = skipSpace(f.text, at)
	}
	rest := f.text[at:]
	if at > f.end && strings.HasPrefix(rest, ">") {
		end := strings.IndexByte(rest, '<')
		if end < 0 {
			end = len(rest)
		}
		return span{at + 1, at + end}, end > 1 && !isNothing(rest[1:end])
	}
	word := strings.TrimLeft(rest, " \t,;\\\"'")
	if len(rest)-len(word) > 8 || len(word) < 6 || !strings.EqualFold(word[:5], "value") && !strings.HasPrefix(word, "content=") {
		return span{}, false
	}
	at = len(f.text) - len(word) + 5
	if strings.HasPrefix(word, "content") {
		at += 2
	}
	at = skipSpace(f.text, f.afterQuote(at))
	sep := separatorAt(f.text, at)
	if sep == 0 {
		return span{}, false
	}
	return valueAt(f.text, skipSpace(f.text, at+sep), false)
}

// spaced is a value after a space: of a flag, of a command of Redis or SQL, or in a sentence.
func (f field) spaced(at int) (span, bool) {
	if f.isFlag() {
		return f.flagValue(at)
	}
	if at == f.end || f.class == vague {
		if f.class == plain && strings.HasPrefix(f.text[at:], "(") && isQuoteAt(f.text, at+1) {
			return valueAt(f.text, at+1, false) // PASSWORD('x')
		}
		return span{}, false
	}
	s, ok := valueAt(f.text, at, false)
	if !ok {
		return s, false
	}
	if f.isMeant(at, f.text[s.start:s.end]) {
		return s, true
	}
	return f.told(at)
}

// isMeant reports whether a value that follows a name after a space is its value.
func (f field) isMeant(at int, value string) bool {
	word := strings.ToLower(f.text[f.start:f.end])
	switch {
	case word == "requirepass", word == "masterauth":
		return true
	case f.class == coded:
		return isCode(value)
	case isQuoteAt(f.text, at) && f.class == plain && (f.text[at] == '\'' || strings.HasPrefix(word, "pass")) && isSQL(f.text[:f.start]):
		return true
	case word == "token", word == "secret", isAPIKey(word):
		return isOpaque(value, 16) && !strings.ContainsAny(value, "-./:") && !isDigest(value)
	}
	return isPasswordWord(word) && looksChosen(value)
}

func isAPIKey(word string) bool {
	return strings.HasSuffix(word, "apikey") || strings.HasSuffix(word, "api key") || strings.HasSuffix(word, "api_key") || strings.HasSuffix(word, "api-key")
}

func isPasswordWord(word string) bool {
	switch word {
	case "password", "passwd", "pwd", "pass", "pw":
		return true
	}
	return false
}

// looksChosen: letters and digits in one word, as in a password that follows its name without a mark: password admin123.
func looksChosen(value string) bool {
	return len(value) >= 6 && isOpaque(value, 6) && !strings.ContainsAny(value, "-./:,;%") && !isDigest(value)
}

// isFlag: --db-password, -password.
func (f field) isFlag() bool { return f.text[f.start] == '-' && f.class != vague }

// flagValue is the next argument: --token x, "--token", "x", [--token, x].
func (f field) flagValue(at int) (span, bool) {
	if at == f.end && !strings.HasPrefix(f.text[at:], ",") {
		return span{}, false
	}
	if strings.HasPrefix(f.text[at:], ",") {
		at = skipSpace(f.text, at+1)
	}
	if next := strings.TrimLeft(f.text[at:], "\"'`\\“「"); strings.HasPrefix(next, "-") || next == "" {
		return span{}, false // another flag
	}
	return valueAt(f.text, at, false)
}

// isSQL: PASSWORD 'x' is a value in a statement; in a sentence it is a quotation.
func isSQL(before string) bool {
	upper := strings.ToUpper(before)
	for _, word := range []string{"ALTER ", "CREATE ", "ENCRYPTED ", "SET ", "WITH ", "USER ", "ROLE ", "LOGIN"} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return strings.TrimSpace(before) == ""
}

// told is a value in a sentence: the password for bob is x, password was changed to x.
func (f field) told(at int) (span, bool) {
	verb := false
	for range 7 {
		word := firstWord(f.text[at:])
		switch {
		case isVerb(word):
			verb = true
		case word == "for", word == "of":
			at = f.afterOwner(skipSpace(f.text, at+len(word)))
			continue
		case !isFiller(word):
			if !verb {
				return span{}, false
			}
			return f.toldValue(at)
		}
		at = f.afterColon(skipSpace(f.text, at+len(word)))
	}
	return span{}, false
}

func isVerb(word string) bool {
	switch word {
	case "is", "to", "as", "now", "=", "was":
		return true
	}
	return false
}

func isFiller(word string) bool {
	switch word {
	case "user", "the", "set", "changed", "reset", "updated", "been", "has", "new", "account", "your", "this":
		return true
	}
	return false
}

// afterOwner skips whose it is: user bob.
func (f field) afterOwner(at int) int {
	if word := firstWord(f.text[at:]); isFiller(word) {
		at = skipSpace(f.text, at+len(word))
	}
	return f.afterColon(skipSpace(f.text, at+len(strings.TrimRight(untilSpace(f.text[at:]), ":"))))
}

func (f field) afterColon(at int) int {
	if at < len(f.text) && f.text[at] == ':' {
		return skipSpace(f.text, at+1)
	}
	return at
}

// toldValue: in a sentence a value is in quotes, or no word.
func (f field) toldValue(at int) (span, bool) {
	if at >= len(f.text) {
		return span{}, false
	}
	s, ok := valueAt(f.text, at, false)
	if !ok {
		return s, false
	}
	value := f.text[s.start:s.end]
	if f.class == coded {
		return s, isCode(value)
	}
	return s, (isQuoteAt(f.text, at) || strings.ContainsAny(value, "0123456789!@#$%^&*")) && !isCount(value)
}
