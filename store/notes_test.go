package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNotes(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		var got map[string]string
		ok, err := s.Noted(t.Context(), "n", &got)
		require.NoError(t, err)
		require.False(t, ok)
		for _, v := range []string{"first", "second"} {
			require.NoError(t, s.Note(t.Context(), "n", map[string]string{"is": v}))
			ok, err = s.Noted(t.Context(), "n", &got)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, map[string]string{"is": v}, got)
		}
	})
}
