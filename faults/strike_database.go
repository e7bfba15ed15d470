package main

import (
	"context"
	"math/rand/v2"
	"time"

	"opsbot/internal/lab"
)

// cutDatabase cuts every opsbot off from PostgreSQL, or lets nothing through while the connections stand, up to twice.
func cutDatabase(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 1+random.IntN(2), within/2), func(ctx context.Context) error {
		silent := random.IntN(3) == 0
		for _, r := range w.replicas {
			if silent {
				r.cable.Freeze()
			} else {
				r.cable.Cut()
			}
		}
		err := lab.Sleep(ctx, w.outage(random, within))
		for _, r := range w.replicas {
			r.cable.Mend()
		}
		return err
	})
}
