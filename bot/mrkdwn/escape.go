package mrkdwn

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	broadcasts = regexp.MustCompile(`(?i)@(here|channel|everyone)\b`)
	markup     = regexp.MustCompile(`<([@#!])`)
	// terminalCodes are the colours and cursor movements that programs write into their logs.
	terminalCodes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
)

// wordJoiner is invisible; it keeps "@" and "here", or backticks in a row, from being taken for markup.
const wordJoiner = "\u2060"

// Escape makes untrusted text harmless in mrkdwn: it cannot mention, link or hide anything (SF-4.70, SF-4.71), nor open
// or close a fence, because backticks in a row are held apart.
func Escape(s string) string {
	s = broadcasts.ReplaceAllString(Clean(s), "@"+wordJoiner+"$1")
	if strings.Contains(s, "```") {
		s = strings.ReplaceAll(s, "``", "`"+wordJoiner+"`")
	}
	return replaceAll(s, "&", "&amp;", "<", "&lt;", ">", "&gt;")
}

// replaceAll replaces old by new in the order of the pairs; it copies nothing where there is nothing to replace.
func replaceAll(s string, oldNew ...string) string {
	for i := 0; i < len(oldNew); i += 2 {
		s = strings.ReplaceAll(s, oldNew[i], oldNew[i+1])
	}
	return s
}

// EscapePlain makes untrusted text harmless in plain_text, where entities would show as typed: what would be a mention in
// mrkdwn loses its bracket, so that it stays harmless wherever a client copies it to.
func EscapePlain(s string) string {
	s = broadcasts.ReplaceAllString(Clean(s), "@"+wordJoiner+"$1")
	return markup.ReplaceAllString(s, "‹$1")
}

// Clean drops what no reader can see: terminal codes, control characters, and the direction overrides that make a
// text read differently from what it is.
func Clean(s string) string {
	s = terminalCodes.ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
