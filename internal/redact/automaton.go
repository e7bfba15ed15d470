package redact

// automaton finds many words at once in one pass over a text, whatever their case (Aho and Corasick). Letters are folded in ASCII only.
type automaton struct {
	class   [256]uint8 // bytes that no word has are class 0
	classes int
	next    []uint16 // state × class → state
	found   [][]uint16
	outputs []bool
}

// newAutomaton is made of words in lower case.
func newAutomaton(words []string) *automaton {
	a := &automaton{classes: 1}
	for _, word := range words {
		for i := range len(word) {
			if a.class[word[i]] == 0 {
				a.class[word[i]] = uint8(a.classes)
				a.classes++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	a.addState()
	for id, word := range words {
		a.add(word, uint16(id))
	}
	a.link()
	return a
}

func (a *automaton) addState() uint16 {
	a.next = append(a.next, make([]uint16, a.classes)...)
	a.found = append(a.found, nil)
	return uint16(len(a.found) - 1)
}

func (a *automaton) add(word string, id uint16) {
	state := uint16(0)
	for i := range len(word) {
		at := int(state)*a.classes + int(a.class[word[i]])
		if a.next[at] == 0 {
			to := a.addState()
			a.next[at] = to
		}
		state = a.next[at]
	}
	a.found[state] = append(a.found[state], id)
}

// link fills in where to go on after a byte that continues no word: the longest ending that begins one.
func (a *automaton) link() {
	fail := make([]uint16, len(a.found))
	var queue []uint16
	for c := range a.classes {
		if s := a.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		back := int(fail[s]) * a.classes
		for c := range a.classes {
			at := int(s)*a.classes + c
			if to := a.next[at]; to != 0 {
				fail[to] = a.next[back+c]
				a.found[to] = append(a.found[to], a.found[fail[to]]...)
				queue = append(queue, to)
			} else {
				a.next[at] = a.next[back+c]
			}
		}
	}
	a.outputs = make([]bool, len(a.found))
	for s, ids := range a.found {
		a.outputs[s] = len(ids) > 0
	}
}

// scan calls hit with each word that ends before a place in the text.
func (a *automaton) scan(text string, hit func(word uint16, end int)) {
	state := 0
	for i := 0; i < len(text); i++ {
		state = int(a.next[state*a.classes+int(a.class[text[i]])])
		if a.outputs[state] {
			for _, id := range a.found[state] {
				hit(id, i+1)
			}
		}
	}
}
