package redact

import (
	"cmp"
	"slices"
)

// finder looks closer at a place where a word stands (start to end) and gives what is secret near it.
type finder func(text string, start, end int) (span, bool)

// action is what a word leads to: a finder at once, or a rule once per line.
type action struct {
	length int
	find   finder
	rule   *rule
	order  int // of the rule
}

type engine struct {
	words   *automaton
	actions [][]action // by word
	rules   int
	fields  map[string]class
}

func newEngine() *engine {
	e := &engine{fields: fieldWords()}
	ids := map[string]int{}
	var words []string
	on := func(word string, a action) {
		id, known := ids[word]
		if !known {
			id = len(words)
			ids[word] = id
			words = append(words, word)
			e.actions = append(e.actions, nil)
		}
		a.length = len(word)
		e.actions[id] = append(e.actions[id], a)
	}
	for word, find := range finders() {
		on(word, action{find: find})
	}
	for _, r := range slices.Concat(ownRules(), gitleaksRules()) {
		for _, word := range r.words {
			on(word, action{rule: r, order: e.rules})
		}
		e.rules++
	}
	e.words = newAutomaton(words)
	return e
}

// maxPasses ends what does not settle by itself: what is hidden can uncover, at its edge, one more thing that looks like a secret.
const maxPasses = 5

// redact hides what is secret in one clean line.
func (e *engine) redact(line string) string {
	for range maxPasses {
		spans := e.spans(line)
		if len(spans) == 0 {
			return line
		}
		after := hide(line, spans)
		if after == line {
			return line
		}
		line = after
	}
	return line
}

// maxInside is how long a value may be to be looked into for others. Without it a line of nothing but names would take the square of
// its length.
const maxInside = 256

func (e *engine) spans(line string) []span {
	var spans []span
	var due []*rule
	var seen [maxRules / 64]uint64
	var long span // a value that goes on and on: what stands in it is hidden with it
	e.words.scan(line, func(word uint16, end int) {
		if end <= long.end {
			return
		}
		for i := range e.actions[word] {
			a := &e.actions[word][i]
			if a.find != nil {
				if s, ok := a.find(line, end-a.length, end); ok && line[s.start:s.end] != hidden {
					spans = append(spans, s)
					if s.end-s.start > maxInside && s.start < end+maxInside {
						long = s
					}
				}
				continue
			}
			bit := uint64(1) << (a.order % 64)
			if seen[a.order/64]&bit == 0 && a.rule.mayBegin(line, end-a.length) {
				seen[a.order/64] |= bit
				due = append(due, a.rule)
			}
		}
	})
	for _, r := range due {
		spans = r.appendSpans(spans, line)
	}
	return spans
}

func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
}
