package messages

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const emojiPresentation = '\ufe0f'

// DisplayWidth is the number of columns that s takes in a fixed-width face: Chinese characters and emoji take two,
// combining marks none.
func DisplayWidth(s string) int {
	var m measure
	for _, r := range s {
		m.add(r)
	}
	return m.columns
}

// measure adds up columns; what a rune adds depends on the one before it.
type measure struct{ columns, last int }

func (m *measure) add(r rune) {
	if r == emojiPresentation && m.last == 1 { // "⚠" is one column wide, "⚠️" two
		m.columns, m.last = m.columns+1, 2
		return
	}
	m.last = runeWidth(r)
	m.columns += m.last
}

func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// CutWidth shortens s to at most columns columns; what was cut shows as "…".
func CutWidth(s string, columns int) string {
	if DisplayWidth(s) <= columns {
		return s
	}
	var m measure
	end := 0 // where the last character starts that leaves room for the ellipsis
	for i, r := range s {
		if r != emojiPresentation && m.columns < columns {
			end = i
		}
		if m.add(r); m.columns >= columns {
			break
		}
	}
	return s[:end] + "…"
}

func pad(s string, columns int, right bool) string {
	space := strings.Repeat(" ", max(0, columns-DisplayWidth(s)))
	if right {
		return space + s
	}
	return s + space
}
