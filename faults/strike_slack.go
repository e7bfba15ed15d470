package main

import (
	"context"
	"math/rand/v2"
	"time"

	"opsbot/slacksim"
)

// breakSockets drops every socket, lets them stand without a sign of life, or has Slack refresh them.
func breakSockets(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 2+random.IntN(4), within), func(ctx context.Context) error {
		switch random.IntN(4) {
		case 0:
			w.slack.SetHalfOpen(true)
			err := pause(ctx, between(random, time.Second, 3*time.Second))
			w.slack.SetHalfOpen(false)
			return err
		case 1:
			w.slack.Disconnect("refresh_requested")
		default:
			w.slack.DropSockets()
		}
		return nil
	})
}

// burst makes the next requests of opsbot fail, up to n of them, now and then.
func burst(n int, f slacksim.Fault) func(context.Context, *world, *rand.Rand, time.Duration) error {
	return func(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
		return at(ctx, moments(random, 2+random.IntN(3), within), func(context.Context) error {
			f := f
			f.N = 1 + random.IntN(n)
			f.After = time.Duration(1+random.IntN(3)) * time.Second
			w.slack.Inject(f)
			return nil
		})
	}
}

func limitRate(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return burst(5, slacksim.Fault{Kind: slacksim.FaultRateLimit})(ctx, w, random, within)
}

func failRequests(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return burst(6, slacksim.Fault{Kind: slacksim.FaultServerError})(ctx, w, random, within)
}

func loseAnswers(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return burst(4, slacksim.Fault{Kind: slacksim.FaultAcceptThenTimeout})(ctx, w, random, within)
}

// takeSlackAway cuts Slack off for a part of the time: no request is answered, no socket opens.
func takeSlackAway(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 1, within/3), func(ctx context.Context) error {
		w.slack.SetOffline(true)
		err := pause(ctx, w.outage(random, within))
		w.slack.SetOffline(false)
		return err
	})
}
