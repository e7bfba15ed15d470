package demo

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/messages"
)

// Every row of the handbook is proven from the API server, PostgreSQL or Redis, and there are as many rows as the handbook has.
func TestHandbook(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL, Redis and Alertmanager")
	}
	var lines, transcript bytes.Buffer
	o := Options{Speed: 20, Listen: "127.0.0.1:0", Locale: messages.English, Metrics: true, Out: &lines, Transcript: &transcript, Log: zaptest.NewLogger(t)}
	err := RunHandbook(t.Context(), o)
	require.NoError(t, err, "%s\n%s", lines.String(), transcript.String())
	require.Contains(t, lines.String(), " of 55\n")
}
