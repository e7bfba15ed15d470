package blockkit

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzValidate holds that no input panics and that every problem says what and where.
func FuzzValidate(f *testing.F) {
	for _, group := range [][]refusal{totalRefusals, textRefusals, blockRefusals, elementRefusals, richRefusals, dataRefusals} {
		for _, test := range group {
			f.Add([]byte(test.blocks))
		}
	}
	f.Add([]byte(modalView(`"blocks":[null,1,{"type":null}]`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range Message(json.RawMessage(data), "") {
			check1(t, p, "/blocks", "/text")
		}
		for _, p := range View(json.RawMessage(data)) {
			check1(t, p, "/view")
		}
	})
}

func check1(t *testing.T, p Problem, prefixes ...string) {
	t.Helper()
	for _, prefix := range prefixes {
		if p.Message != "" && strings.HasPrefix(p.Pointer, prefix) {
			return
		}
	}
	t.Errorf("problem without message or place: %+v", p)
}
