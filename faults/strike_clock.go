package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// largestStep, in seconds, keeps a round short: what is due at a moment of the stepped clock waits for it. It also stays
// under the two minutes that opsbot allows for between its clock and Slack's.
const largestStep = 30

// stepClock sets opsbot's clock forward and back, and right again in the end.
func stepClock(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error {
	err := at(ctx, moments(random, 1+random.IntN(4), within), func(context.Context) error {
		return setStep(w.stepFile(), random.IntN(2*largestStep+1)-largestStep)
	})
	if err != nil {
		return err
	}
	return setStep(w.stepFile(), 0)
}
