package loglevel

import "strings"

// suspicious keeps the closer looks away from nearly every line. It is one pass: most of a log is harmless, and long.
func suspicious(line string) bool {
	for i := range len(line) {
		c := line[i]
		if c >= 0x80 {
			return chinesePhrase(line) > Calm || strings.Contains(line, "严重") || asciiHint(line[i:])
		}
		if hinted(c|0x20, line[i+1:]) {
			return true
		}
	}
	return false
}

func asciiHint(line string) bool {
	for i := range len(line) {
		if hinted(line[i]|0x20, line[i+1:]) {
			return true
		}
	}
	return false
}

// hinted reports whether a word of trouble, or a level, begins with a letter and goes on as the rest does.
func hinted(first byte, rest string) bool { //nolint:gocyclo // a table, which must not be built for every letter of a log
	switch first {
	case 'a':
		return folded(rest, "lert") || folded(rest, "lrt") || folded(rest, "ssert") || strings.HasPrefix(rest, "t ")
	case 'c':
		return folded(rest, "rit") || folded(rest, "ore dump") || folded(rest, "annot allo") || folded(rest, "aused by")
	case 'd':
		return folded(rest, "ouble free")
	case 'e':
		return folded(rest, "rr") || folded(rest, "ror") || folded(rest, "xcep") || folded(rest, "merg")
	case 'f':
		return folded(rest, "ail") || folded(rest, "ault") || folded(rest, "atal") || folded(rest, "tl") || strings.HasPrefix(rest, `ile "`)
	case 'g':
		return folded(rest, "oroutine")
	case 'k':
		return folded(rest, "illed")
	case 'l':
		return strings.HasPrefix(rest, "evel") || strings.HasPrefix(rest, "vl=")
	case 'n':
		return folded(rest, "o space")
	case 'o':
		return folded(rest, "om") || folded(rest, "ut of mem") || folded(rest, "verflow")
	case 'p':
		return folded(rest, "anic")
	case 'r':
		return folded(rest, "efused")
	case 's':
		return folded(rest, "ever") || folded(rest, "egfault") || folded(rest, "ignal sig")
	case 't':
		return folded(rest, "race") || folded(rest, "erminate called")
	case 'u':
		return folded(rest, "nhandled") || folded(rest, "ncaught")
	case 'w':
		return folded(rest, "arn") || folded(rest, "rn")
	}
	return false
}

// folded reports whether s begins with a word, in letters of whichever case.
func folded(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		if s[i] != word[i] && s[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}
