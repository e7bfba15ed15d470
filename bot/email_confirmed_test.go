package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAddressCountsAsConfirmedUnlessSlackSaysNo(t *testing.T) {
	for body, want := range map[string]string{
		`{"ok":true,"user":{"id":"U1"}}`:                            `{"ok":true,"user":{"id":"U1","is_email_confirmed":true}}`,
		`{"ok":true,"user":{"id":"U1","is_email_confirmed":false}}`: `{"ok":true,"user":{"id":"U1","is_email_confirmed":false}}`,
		`{"ok":false,"error":"user_not_found"}`:                     `{"ok":false,"error":"user_not_found"}`,
	} {
		require.JSONEq(t, want, string(withConfirmation([]byte(body))))
	}
	require.Equal(t, "no json", string(withConfirmation([]byte("no json"))))
}
