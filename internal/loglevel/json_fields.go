package loglevel

import (
	"iter"
	"strings"
)

// field is one value of an object.
type field struct{ key, value string }

// jsonFields are the fields at the top of an object, and those of "log" with its name before theirs. It reads what no parser takes: objects
// that were cut off, or hold *** where a value was. An object or list as a value is its opening bracket, an empty one "[".
func jsonFields(object string) iter.Seq[field] {
	return func(yield func(field) bool) {
		s := jsonScanner{text: object}
		for s.at < len(s.text) {
			if f, ok := s.step(); ok && !yield(f) {
				return
			}
		}
	}
}

// jsonScanner goes from token to token. It takes texts of lists for keys: nobody asks for what is in a list.
type jsonScanner struct {
	text        string
	at          int
	depth       int
	awaitsKey   bool
	key, parent string
}

// step takes the next token; ok where it is the value of a field that counts.
func (s *jsonScanner) step() (f field, ok bool) {
	switch c := s.text[s.at]; c {
	case '{', '[':
		return s.open(c)
	case '}', ']':
		s.at, s.depth, s.awaitsKey = s.at+1, s.depth-1, false
	case ',':
		s.at, s.awaitsKey = s.at+1, true
	case ':', ' ', '\t':
		s.at++
	default:
		value := s.scalar(c)
		if !s.awaitsKey || c != '"' {
			return s.field(value)
		}
		s.key, s.awaitsKey = value, false
	}
	return field{}, false
}

func (s *jsonScanner) open(c byte) (f field, ok bool) {
	s.at++
	f, ok = field{s.key, "{"}, s.depth == 1
	if rest := strings.TrimLeft(s.text[s.at:], " "); strings.HasPrefix(rest, "}") || strings.HasPrefix(rest, "]") {
		f.value = "["
	}
	if s.depth == 1 {
		s.parent = s.key
	}
	s.depth++
	s.awaitsKey = c == '{'
	return f, ok
}

func (s *jsonScanner) field(value string) (field, bool) {
	if s.depth == 2 && s.parent == "log" {
		return field{"log." + s.key, value}, true
	}
	return field{s.key, value}, s.depth == 1
}

// scalar reads a text with its quotes taken off, or anything else up to what ends it.
func (s *jsonScanner) scalar(c byte) string {
	from := s.at
	if c != '"' {
		n := strings.IndexAny(s.text[from:], ",}] \t")
		if n < 0 {
			n = len(s.text) - from
		}
		s.at = from + max(1, n)
		return s.text[from:s.at]
	}
	for s.at++; s.at < len(s.text) && s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			s.at++
		}
	}
	end := min(s.at, len(s.text))
	s.at = min(s.at+1, len(s.text))
	return s.text[from+1 : end]
}
