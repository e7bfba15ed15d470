package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Colours and other sequences of terminals, as bytes or written out by a program that escaped them: in JSON (\u001b), by rsyslog (#033), by
// a shell (\x1b, \033, \e) or by cat -v (^[).
var (
	sequence = regexp.MustCompile("(?:\x1b|\u009b)" + `(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|\[[0-9:;<=>?]*[ -/]*[@-~]|[ -/]*[0-~]|[0-9:;<=>?]+[ -/]*[@-~])?`)
	spelled  = regexp.MustCompile(`(?i)(?:\\+u001b|\\+x1b|\\+033|\\+e|#033|\^\[)\[[0-9:;]*[mKJH]`)
)

// clean removes what is not seen and could stand inside a word: control sequences, other control characters, characters without width. A
// line without any is returned as it is.
func clean(text string) string {
	if mayBeSpelled(text) {
		text = spelled.ReplaceAllString(text, "")
	}
	if !isDirty(text) {
		return text
	}
	text = sequence.ReplaceAllString(text, "")
	out := make([]byte, 0, len(text))
	last := rune(0)
	for _, r := range text {
		switch {
		case r == '\b' || r == 0x7f:
			if _, size := utf8.DecodeLastRune(out); size > 0 && last != '\n' {
				out = out[:len(out)-size] // printed over, as by man
			}
			continue
		case isUnseen(r, last):
			continue
		case r >= '０' && r <= 'ｚ' && isWide(r):
			r -= '０' - '0'
		}
		out = utf8.AppendRune(out, r)
		last = r
	}
	return string(out)
}

// mayBeSpelled keeps the expression away from nearly every line.
func mayBeSpelled(text string) bool {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '[')
		if i < 0 {
			return false
		}
		at += i
		if at > 0 && strings.IndexByte("bB3eE^", text[at-1]) >= 0 && strings.ContainsAny(text[max(0, at-6):at], `\#^`) {
			return true
		}
	}
}

// isDirty tells from the bytes whether there may be something to remove: text in ASCII or Chinese passes in one look.
func isDirty(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c < 0x7f || c == '\t' || c == '\n' || c == '\r' {
			continue
		}
		if c < utf8.RuneSelf {
			return true
		}
		switch c {
		case 0xc2, 0xcd, 0xd8, 0xdb, 0xdc, 0xe0, 0xe1, 0xe2, 0xe3, 0xef, 0xf0, 0xf3: // what begins C1, soft hyphen, U+200B, U+FEFF, full width, tags
			if r, _ := utf8.DecodeRuneInString(text[i:]); isUnseen(r, 0) || isWide(r) || r == '\u009b' || r == utf8.RuneError {
				return true
			}
		}
	}
	return false
}

// isUnseen tells characters that have no width, and control characters other than white space and backspace. What joins emoji, or letters
// of scripts that need it, stays.
func isUnseen(r, last rune) bool {
	switch r {
	case '\t', '\n', '\r', '\b':
		return false
	case 0x200c, 0x200d:
		return !joins(last)
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == 0x34f || r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0
}

// joins: scripts from Arabic to those of India, and emoji, need the joiners.
func joins(last rune) bool {
	return last >= 0x600 && last <= 0xdff || last >= 0x2600 && last < 0x3000 || last >= 0x1f000
}

// isWide tells letters and digits of full width; punctuation of full width is Chinese and stays.
func isWide(r rune) bool {
	return r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ'
}
