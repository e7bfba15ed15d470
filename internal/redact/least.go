package redact

import "regexp/syntax"

// leastLength is how long a match of a pattern is at least, in bytes; 0 where the pattern is not understood.
func leastLength(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return leastOf(re)
}

func leastOf(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) // of a letter in either case one form may have fewer bytes
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return leastOf(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * leastOf(re.Sub[0])
	case syntax.OpConcat:
		sum := 0
		for _, sub := range re.Sub {
			sum += leastOf(sub)
		}
		return sum
	case syntax.OpAlternate:
		least := leastOf(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			least = min(least, leastOf(sub))
		}
		return least
	}
	return 0
}
