package redact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGitleaksRulesAreRead(t *testing.T) {
	rules := gitleaksRules()
	require.Len(t, rules, 212)
	for _, r := range rules {
		require.NotNil(t, r.pattern(), r.id)
		require.NotEmpty(t, r.words, r.id)
		for _, word := range r.words {
			require.Greater(t, len(word), 1, r.id)
		}
	}
	require.Less(t, len(rules)+len(ownRules()), maxRules)
}
