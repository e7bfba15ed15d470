package main

import (
	"context"
	"math/rand/v2"
	"time"

	"opsbot/internal/lab"
)

// strikeSeveral lets three different faults strike at once.
func strikeSeveral(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	all := []func(context.Context, *world, *rand.Rand, time.Duration) error{
		killAtRandom, killLeader, breakSockets, limitRate, failRequests, loseAnswers, takeSlackAway, cutDatabase,
	}
	var c lab.Group
	for _, i := range random.Perm(len(all))[:3] {
		own := rand.New(rand.NewPCG(random.Uint64(), random.Uint64())) //nolint:gosec // to be repeated, not to be secret
		c.Go(func() error { return all[i](ctx, w, own, within) })
	}
	return c.Wait()
}
