package k8sops

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinesThatSayTheSameHaveOnePattern(t *testing.T) {
	a := Normalise(`2026-03-02T09:30:00Z ERROR order 1234 failed after 12.5ms for "anna" on order-service-6d4b75cb6d-hwxyz`)
	b := Normalise(`2026-03-02T09:31:07Z ERROR order 99 failed after 3ms for "bob" on order-service-6d4b75cb6d-abcde`)
	require.Equal(t, a, b)
	require.NotEqual(t, a, Normalise("ERROR payment 1234 failed"))
	require.LessOrEqual(t, len([]rune(Normalise(strings.Repeat("wörter ", 100)))), 200)
}
