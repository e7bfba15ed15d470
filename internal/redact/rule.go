package redact

import (
	"math"
	"regexp"
	"strings"
	"sync"
)

// maxRules bounds how many rules there are: a line remembers in bits which are due.
const maxRules = 512

// rule is a regular expression that is tried where one of its words stands. What it captures is hidden, the whole match where it captures
// nothing.
type rule struct {
	id      string
	words   []string // in lower case
	pattern func() *regexp.Regexp
	// least is how long a match is at least: no shorter line is tried.
	least func() int
	// atWord: the match begins with the word, and no letter, digit or _ stands before it.
	atWord bool
	// capitals: the word counts only in capitals.
	capitals bool
	// needs is what every match has, as written; "" for nothing.
	needs string
	// entropy is the least that the secret must have, in bits a character; 0 for what is recognised without.
	entropy float64
	// keep tells a match that is no secret; may be nil.
	keep func(match string) bool
}

func newRule(id, pattern string, words ...string) *rule {
	// Most programs meet few of the rules' words.
	return &rule{id: id, words: words,
		pattern: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) }),
		least:   sync.OnceValue(func() int { return leastLength(pattern) }),
	}
}

func (r *rule) mayBegin(line string, at int) bool {
	room := len(line)
	if r.atWord {
		if at > 0 && isWordByte(line[at-1]) {
			return false
		}
		room -= at
	}
	return !(r.capitals && isLower(line[at])) && room >= r.least() && strings.Contains(line, r.needs)
}

func (r *rule) appendSpans(spans []span, line string) []span {
	for _, m := range r.pattern().FindAllStringSubmatchIndex(line, -1) {
		s := span{m[0], m[1]}
		if first, last := captured(m); first >= 0 {
			s = span{first, last}
		}
		secret := line[s.start:s.end]
		if secret == "" || isNothing(secret) || r.keep != nil && r.keep(line[m[0]:m[1]]) || r.entropy > 0 && entropy(secret) < r.entropy {
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

// captured is from where to where groups matched, -1 where none did.
func captured(m []int) (first, last int) {
	first = -1
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 && m[i+1] > m[i] {
			if first < 0 || m[i] < first {
				first = m[i]
			}
			last = max(last, m[i+1])
		}
	}
	return first, last
}

// entropy is Shannon's, in bits a byte.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
