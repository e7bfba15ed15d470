package events

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"opsbot/internal/bubble"
)

// What was reserved before the end is acknowledged, so it must run; what comes later must not be acknowledged.
func TestClosingPoolRunsWhatWasReserved(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		p := newPool(1, 1)
		var workers sync.WaitGroup
		p.start(t.Context(), &workers)
		require.True(t, p.reserve())
		go p.close()
		synctest.Wait()
		require.False(t, p.reserve())

		ran := false
		p.submit(func(context.Context) { ran = true })
		workers.Wait()
		require.True(t, ran)
	})
}

func TestPoolIsBounded(t *testing.T) {
	p := newPool(1, 1)
	require.True(t, p.reserve())
	require.True(t, p.reserve())
	require.False(t, p.reserve())
	p.finish()
	require.True(t, p.reserve(), "one has ended")
}
