package cmdline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Limits on what a person may type. A command line also travels as a button's value (SF-4.51: 2,000 characters).
const (
	MaxLine  = 1500
	MaxWords = 64
)

// Word is one word of a command line. quoted words are values even where they look like flags.
type Word struct {
	text   string
	quoted bool
}

// SplitWords splits a command line as a shell would, without ever expanding anything: no variables, no commands, no
// globs. Slack and phones replace straight quotes and double hyphens by typographic ones; they count as what was meant.
func SplitWords(line string) ([]Word, error) {
	if err := checkLine(line); err != nil {
		return nil, err
	}
	s := splitter{rest: line}
	for s.next() {
		if len(s.words) > MaxWords {
			return nil, k8sops.Invalid(messages.New("k8sops.parse.too_many_words", "max", MaxWords))
		}
	}
	if s.open != 0 {
		return nil, k8sops.Invalid(messages.New("k8sops.parse.open_quote", "quote", messages.Code(string(s.open))))
	}
	return s.words, nil
}

func checkLine(line string) error {
	if len(line) > MaxLine {
		return k8sops.Invalid(messages.New("k8sops.parse.too_long", "max", MaxLine))
	}
	if !utf8.ValidString(line) {
		return k8sops.Invalid(messages.New("k8sops.parse.not_text"))
	}
	for _, r := range line {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return k8sops.Invalid(messages.New("k8sops.parse.not_text"))
		}
	}
	return nil
}

// splitter reads words off the front of rest. open is the quote that is not closed yet, 0 outside quotes.
type splitter struct {
	rest  string
	words []Word
	open  rune
}

func (s *splitter) next() bool {
	s.rest = strings.TrimLeftFunc(s.rest, unicode.IsSpace)
	if s.rest == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s.rest)
	w := Word{quoted: quoteClass(first) != 0}
	if !w.quoted {
		s.rest = straightenDashes(s.rest)
	}
	var b strings.Builder
	for s.rest != "" && s.step(&b) {
	}
	w.text = b.String()
	s.words = append(s.words, w)
	return true
}

// step consumes one character, and reports false at the end of the word.
func (s *splitter) step(b *strings.Builder) bool {
	r, size := utf8.DecodeRuneInString(s.rest)
	if escaped, ok := s.escape(); ok {
		b.WriteByte(escaped)
		s.rest = s.rest[2:]
		return true
	}
	switch {
	case s.open == 0 && unicode.IsSpace(r):
		return false
	case s.open == 0 && quoteClass(r) != 0:
		s.open = r
	case s.open != 0 && closes(s.open, r):
		s.open = 0
	default:
		b.WriteRune(r)
	}
	s.rest = s.rest[size:]
	return true
}

// escape recognises a backslash before a quote, a backslash or (outside quotes) a space. Before anything else it is an
// ordinary character, so that regular expressions need no doubling.
func (s *splitter) escape() (byte, bool) {
	if len(s.rest) < 2 || s.rest[0] != '\\' || quoteClass(s.open) == '\'' {
		return 0, false
	}
	switch c := s.rest[1]; c {
	case '"', '\\':
		return c, true
	case '\'', ' ':
		return c, s.open == 0
	}
	return 0, false
}

func quoteClass(r rune) rune {
	switch r {
	case '"', '“', '”', '„', '«', '»':
		return '"'
	case '\'', '‘', '’', '‚':
		return '\''
	}
	return 0
}

// closes reports whether r ends what open began. A straight quote is ended by a straight quote only; a typographic one
// by any of its class, because phones pair them in every way.
func closes(open, r rune) bool {
	if open == '"' || open == '\'' {
		return r == open
	}
	return quoteClass(r) == quoteClass(open)
}

// straightenDashes turns an em or en dash at the start of a word into the two hyphens that were typed.
func straightenDashes(s string) string {
	for _, dash := range []string{"—", "–", "―"} {
		if rest, found := strings.CutPrefix(s, dash); found {
			return "--" + strings.TrimLeft(rest, "-—–")
		}
	}
	return s
}
