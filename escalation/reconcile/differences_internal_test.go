package reconcile

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"opsbot/escalation/incident"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var looked = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// look is what one look sees, with a minute between two looks.
type look struct {
	active     []string // fingerprints that Alertmanager reports, all in one group
	held       []string // those that it holds besides
	incomplete bool
	firing     []string // in incident 1
}

func (l look) upstream(n int) Upstream {
	up := Upstream{At: looked.Add(time.Duration(n) * time.Minute), Complete: !l.incomplete, Held: map[string]bool{}}
	g := UpstreamGroup{Notification: incident.Notification{GroupKey: "{}"}, First: 30 * time.Second, Next: 5 * time.Minute}
	for _, f := range l.active {
		g.Alerts = append(g.Alerts, incident.Alert{Fingerprint: f, Firing: true})
		up.Held[f] = true
	}
	for _, f := range l.held {
		up.Held[f] = true
	}
	up.Groups = []UpstreamGroup{g}
	return up
}

func (l look) incidents() map[string]int64 {
	firing := map[string]int64{}
	for _, f := range l.firing {
		firing[f] = 1
	}
	return firing
}

// repaired is what the last of some looks repairs.
func repaired(looks ...look) (fired, gone []string) {
	var (
		known differences
		todo  repairs
	)
	for n, l := range looks {
		known, todo = known.compare(l.upstream(n), l.incidents())
	}
	for _, n := range todo.fired {
		for _, a := range n.Alerts {
			fired = append(fired, a.Fingerprint)
		}
	}
	return fired, todo.gone[1]
}

func repeatLook(n int, l look) []look { return slices.Repeat([]look{l}, n) }

func TestDifferences(t *testing.T) {
	a, b := "a", "b"
	missing, gone := look{active: []string{a}}, look{firing: []string{a}}
	for name, tt := range map[string]struct {
		looks       []look
		fired, gone []string
	}{
		"all is well":                          {looks: repeatLook(5, look{active: []string{a}, firing: []string{a}})},
		"missing once: may be on its way":      {looks: repeatLook(1, missing)},
		"missing twice":                        {looks: repeatLook(2, missing), fired: []string{a}},
		"missing, but it came":                 {looks: []look{missing, {active: []string{a}, firing: []string{a}}}},
		"missing twice, not in a row":          {looks: []look{missing, {}, missing}},
		"one more of a group waits longer":     {looks: repeatLook(5, look{active: []string{a, b}, firing: []string{b}})},
		"one more of a group, at last":         {looks: repeatLook(6, look{active: []string{a, b}, firing: []string{b}}), fired: []string{a}},
		"missing while a member is silent":     {looks: repeatLook(2, look{active: []string{a}, incomplete: true}), fired: []string{a}},
		"silenced: neither missing nor gone":   {looks: repeatLook(5, look{held: []string{a, b}, firing: []string{a}})},
		"gone once":                            {looks: repeatLook(1, gone)},
		"gone twice":                           {looks: repeatLook(2, gone), gone: []string{a}},
		"gone, but a member is silent":         {looks: repeatLook(5, look{firing: []string{a}, incomplete: true})},
		"gone, then a member falls silent":     {looks: []look{gone, {firing: []string{a}, incomplete: true}}},
		"a silence of a member starts it anew": {looks: []look{gone, {firing: []string{a}, incomplete: true}, gone}},
		"gone once, back, gone once":           {looks: []look{gone, {firing: []string{a}, active: []string{a}}, gone}},
		"both ways":                            {looks: repeatLook(2, look{active: []string{a}, firing: []string{b}}), fired: []string{a}, gone: []string{b}},
	} {
		t.Run(name, func(t *testing.T) {
			fired, gone := repaired(tt.looks...)
			require.Equal(t, tt.fired, fired)
			require.Equal(t, tt.gone, gone)
		})
	}
}

// Whatever is looked at: nothing is repaired on one look, nothing that agrees is, and what lasts is.
func TestDifferencesOfAnyHistory(t *testing.T) {
	names := []string{"a", "b", "c"}
	some := rapid.Custom(func(t *rapid.T) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return rapid.Bool().Draw(t, "not "+n) })
	})
	rapid.Check(t, func(t *rapid.T) {
		var history []look
		for n := range rapid.IntRange(1, 12).Draw(t, "looks") {
			history = append(history, look{
				active: some.Draw(t, fmt.Sprint("active ", n)), held: some.Draw(t, fmt.Sprint("held ", n)),
				firing: some.Draw(t, fmt.Sprint("firing ", n)), incomplete: rapid.Bool().Draw(t, fmt.Sprint("incomplete ", n)),
			})
		}
		fired, gone := repaired(history...)
		for _, name := range names {
			isMissing := func(l look) bool { return slices.Contains(l.active, name) && !slices.Contains(l.firing, name) }
			isGone := func(l look) bool {
				return slices.Contains(l.firing, name) && !l.upstream(0).Held[name] && !l.incomplete
			}
			check(t, "fired "+name, slices.Contains(fired, name), inARow(history, isMissing), 2, 6)
			check(t, "ended "+name, slices.Contains(gone, name), inARow(history, isGone), 2, 2)
		}
	})
}

// inARow is in how many looks something was so, up to the last.
func inARow(history []look, isSo func(look) bool) int {
	n := 0
	for _, l := range slices.Backward(history) {
		if !isSo(l) {
			break
		}
		n++
	}
	return n
}

func check(t *rapid.T, what string, isRepaired bool, lasted, least, most int) {
	if isRepaired && lasted < least {
		t.Fatalf("%s after %d looks", what, lasted)
	}
	if !isRepaired && lasted >= most {
		t.Fatalf("not %s after %d looks", what, lasted)
	}
}
