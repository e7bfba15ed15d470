package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"opsbot/internal/lab"
)

// moments are n random points within the time, in order.
func moments(random *rand.Rand, n int, within time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = between(random, 0, within)
	}
	slices.Sort(all)
	return all
}

// at does something at each of the moments; one that is late comes as soon as the one before is over.
func at(ctx context.Context, moments []time.Duration, do func(context.Context) error) error {
	began := time.Now()
	for _, moment := range moments {
		if err := lab.Sleep(ctx, time.Until(began.Add(moment))); err != nil {
			return err
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// killAtRandom kills opsbot up to four times, at any moment or at the worst one. It is started again at once, or a moment
// later.
func killAtRandom(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 1+random.IntN(4), within), func(ctx context.Context) error {
		if random.IntN(2) == 0 {
			if err := w.awaitPost(ctx, within/4); err != nil {
				return err
			}
		}
		victim := w.replicas[random.IntN(len(w.replicas))]
		return victim.bounce(ctx, between(random, 0, time.Second))
	})
}

// killLeader kills whichever replica leads, up to twice, and starts it again when the other one may have taken over.
func killLeader(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 1+random.IntN(2), within), func(ctx context.Context) error {
		var victim *replica
		err := lab.Poll(ctx, time.Minute, "one of the replicas leads", func() bool {
			i := slices.IndexFunc(w.replicas, func(r *replica) bool { return r.leads(ctx) })
			if i >= 0 {
				victim = w.replicas[i]
			}
			return i >= 0
		})
		if err != nil {
			return err
		}
		if random.IntN(2) == 0 {
			if err := w.awaitPost(ctx, within/4); err != nil {
				return err
			}
		}
		return victim.bounce(ctx, between(random, 0, 7*time.Second))
	})
}

// awaitPost returns the moment after Slack has taken a message, when opsbot does not know it yet, or when none came in time.
func (w *world) awaitPost(ctx context.Context, limit time.Duration) error {
	const post, look = "chat.postMessage", time.Millisecond
	end, before := time.Now().Add(limit), w.slack.CallCount(post)
	for w.slack.CallCount(post) == before && time.Now().Before(end) {
		if err := lab.Sleep(ctx, look); err != nil {
			return err
		}
	}
	return nil
}
