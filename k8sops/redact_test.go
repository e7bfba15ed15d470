package k8sops

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretsAreHidden(t *testing.T) {
	for _, line := range []string{
		"connecting with password=SECRET1",
		"DB_PASSWORD: SECRET1",
		`{"password":"SECRET1","user":"x"}`,
		`{\"api_key\": \"SECRET1\"}`,
		"Authorization: Bearer SECRET1SECRET1",
		"authorization=Basic SECRET1SECRET1==",
		"GET /?access_token=SECRET1&x=1",
		"postgres://postgres:SECRET1@postgres:5432/ecommerce",
		"redis://:SECRET1@redis:6379",
		"using bearer SECRET1.abc-def",
		"token eyJSECRET1aaa.eyJSECRET1bbb.SECRET1",
		"slack xoxb-SECRET1-abcdefgh",
		"client-secret='SECRET1'",
		"PGPASSWORD=SECRET1 pg_dump",
	} {
		got := redact(line)
		require.NotContains(t, got, "SECRET1", line)
		require.Contains(t, got, hidden, line)
	}
	for _, line := range []string{"user 42 logged in", "tokens are fine", "GET /api/users 200 12ms", "http://user-service:8080/health"} {
		require.Equal(t, line, redact(line))
	}
}

func TestLinesThatSayTheSameHaveOnePattern(t *testing.T) {
	a := normalise(`2026-03-02T09:30:00Z ERROR order 1234 failed after 12.5ms for "anna" on order-service-6d4b75cb6d-hwxyz`)
	b := normalise(`2026-03-02T09:31:07Z ERROR order 99 failed after 3ms for "bob" on order-service-6d4b75cb6d-abcde`)
	require.Equal(t, a, b)
	require.NotEqual(t, a, normalise("ERROR payment 1234 failed"))
	require.LessOrEqual(t, len([]rune(normalise(strings.Repeat("wörter ", 100)))), 200)
}
