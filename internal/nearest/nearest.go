// Package nearest finds what a misspelt name was probably meant to be.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// Max is how many corrections one answer offers.
const Max = 3

// Names are the candidates that typed was probably meant to be, best first: those that begin with it, then those
// within a third of its length in edits.
func Names(typed string, candidates []string) []string {
	type match struct {
		name     string
		distance int
	}
	var matches []match
	for _, name := range candidates {
		distance := Distance(typed, name)
		if len(typed) >= 2 && strings.HasPrefix(name, typed) {
			distance = 0
		}
		if distance <= max(1, len(typed)/3) && distance < len(name) {
			matches = append(matches, match{name, distance})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, m := range matches[:min(Max, len(matches))] {
		names = append(names, m.name)
	}
	return slices.Compact(names)
}

// Distance counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment): swapped
// letters are the commonest slip.
func Distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
