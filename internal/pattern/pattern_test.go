package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinesThatSayTheSameHaveOnePattern(t *testing.T) {
	a := Of(`2026-03-02T09:30:00Z ERROR order 1234 failed after 12.5ms for "anna" on order-service-6d4b75cb6d-hwxyz`)
	b := Of(`2026-03-02T09:31:07Z ERROR order 99 failed after 3ms for "bob" on order-service-6d4b75cb6d-abcde`)
	require.Equal(t, a, b)
	require.NotEqual(t, a, Of("ERROR payment 1234 failed"))
	require.LessOrEqual(t, len([]rune(Of(strings.Repeat("wörter ", 100)))), 200)
}
