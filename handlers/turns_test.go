package handlers

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTurnsAreTakenOneByOneAndWaitingEndsWithTheContext(t *testing.T) {
	var turns turns
	end, err := turns.take(t.Context(), "a")
	require.NoError(t, err)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = turns.take(over, "a")
	require.ErrorIs(t, err, context.Canceled)
	endOther, err := turns.take(t.Context(), "b")
	require.NoError(t, err, "another thing waits for nobody")
	endOther()

	next := make(chan error, 1)
	go func() {
		_, err := turns.take(t.Context(), "a")
		next <- err
	}()
	end()
	require.NoError(t, <-next)
}
