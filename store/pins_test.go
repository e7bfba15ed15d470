package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnEMailAddressStaysWithWhoHadItFirst(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		for _, claim := range []struct{ email, user, owner string }{
			{"a@company.com", "U1", "U1"}, {"a@company.com", "U2", "U1"}, {"b@company.com", "U2", "U2"}, {"a@company.com", "U1", "U1"},
		} {
			owner, err := s.Pin(t.Context(), claim.email, claim.user)
			require.NoError(t, err)
			require.Equal(t, claim.owner, owner, claim)
		}
	})
}
