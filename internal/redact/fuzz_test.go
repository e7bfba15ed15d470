package redact

import (
	"testing"
	"unicode/utf8"
)

// Whatever a program writes: nothing crashes, and what was hidden stays hidden.
func FuzzText(f *testing.F) {
	for _, line := range append(corpus(f, "hostile.txt"), corpus(f, "harmless.txt")...) {
		f.Add(marks.Replace(line))
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := Text(text)
		if twice := Text(once); twice != once {
			t.Fatalf("a second pass changes %q to %q", once, twice)
		}
		if utf8.ValidString(text) && !utf8.ValidString(once) {
			t.Fatalf("%q is no text any more", once)
		}
		Value(text, text)
	})
}
