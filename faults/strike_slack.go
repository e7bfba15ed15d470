package main

import (
	"context"
	"math/rand/v2"
	"time"

	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// breakSockets drops every socket, lets them stand without a sign of life, or has Slack refresh them.
func breakSockets(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 2+random.IntN(4), within), func(ctx context.Context) error {
		switch random.IntN(4) {
		case 0:
			w.slack.SetHalfOpen(true)
			err := lab.Sleep(ctx, between(random, time.Second, 3*time.Second))
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

// burst makes the next requests of opsbot fail, up to most of them, now and then; sometimes those to open a socket, which
// opsbot then needs.
func (w *world) burst(ctx context.Context, random *rand.Rand, within time.Duration, kind slacksim.FaultKind, most int) error {
	return at(ctx, moments(random, 2+random.IntN(3), within), func(context.Context) error {
		f := slacksim.Fault{Kind: kind, N: 1 + random.IntN(most), After: time.Duration(1+random.IntN(3)) * time.Second}
		if random.IntN(4) == 0 {
			f.Method = "apps.connections.open"
			w.slack.DropSockets()
		}
		w.slack.Inject(f)
		return nil
	})
}

func limitRate(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return w.burst(ctx, random, within, slacksim.FaultRateLimit, 5)
}

func failRequests(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return w.burst(ctx, random, within, slacksim.FaultServerError, 6)
}

// loseAnswers has Slack do what it is asked and cut the connection; once in a round it answers when opsbot has given up.
func loseAnswers(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	if random.IntN(2) == 0 {
		w.slack.Inject(slacksim.Fault{Kind: slacksim.FaultDelay, Method: "chat.postMessage", After: 12 * time.Second})
	}
	return at(ctx, moments(random, 2+random.IntN(3), within), func(context.Context) error {
		w.slack.Inject(slacksim.Fault{Kind: slacksim.FaultAcceptThenTimeout, N: 1 + random.IntN(4)})
		return nil
	})
}

// takeSlackAway cuts Slack off for a part of the time: no request is answered, no socket opens.
func takeSlackAway(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	return at(ctx, moments(random, 1, within/3), func(ctx context.Context) error {
		w.slack.SetOffline(true)
		err := lab.Sleep(ctx, w.outage(random, within))
		w.slack.SetOffline(false)
		return err
	})
}
