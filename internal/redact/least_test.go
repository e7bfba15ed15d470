package redact

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// What keeps a rule away from a line keeps no match away: a match is as long as is thought at least, and has what every match needs.
func TestARuleIsKeptAwayFromNoMatch(t *testing.T) {
	lines := slices.Concat(corpus(t, "hostile.txt"), corpus(t, "harmless.txt"))
	matches := 0
	for _, r := range slices.Concat(ownRules(), gitleaksRules()) {
		for _, line := range lines {
			for _, match := range r.pattern().FindAllString(clean(marks.Replace(line)), -1) {
				matches++
				require.GreaterOrEqual(t, len(match), r.least(), "%s: %q", r.id, match)
				require.Contains(t, match, r.needs, r.id)
			}
		}
	}
	require.Greater(t, matches, 50)
}

func TestTheLeastLengthOfAMatch(t *testing.T) {
	for pattern, want := range map[string]int{
		`a(?:bc|d)e?f+[x-z]{3}(?:gh){2,}\b$`: 1 + 1 + 0 + 1 + 3 + 4, `(?i)straße`: 6, `^$`: 0, `.`: 1, `(`: 0,
	} {
		require.Equal(t, want, leastLength(pattern), pattern)
	}
}
