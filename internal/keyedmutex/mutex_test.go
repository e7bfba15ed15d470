package keyedmutex

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAKeyIsLockedOnceAndWaitingEndsWithTheContext(t *testing.T) {
	var mutex Mutex
	end, err := mutex.Lock(t.Context(), "a")
	require.NoError(t, err)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = mutex.Lock(over, "a")
	require.ErrorIs(t, err, context.Canceled)
	endOther, err := mutex.Lock(t.Context(), "b")
	require.NoError(t, err, "another thing waits for nobody")
	endOther()

	next := make(chan error, 1)
	go func() {
		_, err := mutex.Lock(t.Context(), "a")
		next <- err
	}()
	end()
	require.NoError(t, <-next)
}
