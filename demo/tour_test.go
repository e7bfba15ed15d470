package demo

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/messages"
)

// The tour checks every step against the API server, PostgreSQL and the simulator, and fails when one did not happen.
func TestTour(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL and Alertmanager")
	}
	for _, locale := range messages.Locales() {
		t.Run(locale, func(t *testing.T) {
			var transcript bytes.Buffer
			err := RunTour(t.Context(), Options{Speed: 20, Listen: "127.0.0.1:0", Locale: locale, Out: &transcript, Log: zaptest.NewLogger(t)})
			require.NoError(t, err, transcript.String())
		})
	}
}
