package nearest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"listen", "listn", 1}, {"scale", "sclae", 1}} {
		require.Equal(t, test.want, Distance(test.a, test.b), "%s, %s", test.a, test.b)
	}
}

func TestNames(t *testing.T) {
	known := []string{"rollback", "rollout", "restart", "scale"}
	for typed, want := range map[string][]string{
		"roll": {"rollback", "rollout"}, "rolout": {"rollout"}, "restrat": {"restart"}, "delete": nil, "": nil,
	} {
		require.Equal(t, want, Names(typed, known), "%q", typed)
	}
}
