package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"opsbot/faults/judge"
)

// round is one of the rounds of a fault. Its number and the seed decide what happens in it, and when.
type round struct {
	fault  fault
	number int
	long   bool
}

func (r round) name() string {
	if r.long {
		return r.fault.name + "-long"
	}
	return fmt.Sprintf("%s-%d", r.fault.name, r.number)
}

// random is the round's own source, the same whatever other rounds are played.
func (r round) random(seed uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(r.name()))
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // to be repeated, not to be secret
}

// share divides the rounds among the faults by their weights, each at least one, and interleaves them. The long ones come
// first: the others are played meanwhile.
func share(faults []fault, o options) []round {
	if o.round >= 0 {
		return []round{{fault: faults[0], number: o.round}}
	}
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	var rounds []round
	for _, f := range faults {
		if o.long && (f.name == "away" || f.name == "database") {
			rounds = append(rounds, round{fault: f, long: true})
		}
	}
	for number := 0; ; number++ {
		before := len(rounds)
		for _, f := range faults {
			if number < max(1, (o.rounds*f.weight+total/2)/total) {
				rounds = append(rounds, round{fault: f, number: number})
			}
		}
		if len(rounds) == before {
			return rounds
		}
	}
}

// played is a round with its verdict.
type played struct {
	judge.Verdict
	round round
	logs  string // where the logs of a failed round are
}

// playAll plays the rounds, so many at once, and returns their verdicts in the order of the rounds.
func playAll(ctx context.Context, s *suite, rounds []round, o options) []played {
	verdicts := make([]played, len(rounds))
	next := make(chan int)
	var players sync.WaitGroup
	for _, workload := range workloads()[:o.parallel] {
		players.Go(func() {
			for i := range next {
				verdicts[i] = playOne(ctx, s, rounds[i], workload, o.seed)
			}
		})
	}
	for i := range rounds {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	players.Wait()
	return verdicts
}

// playOne plays a round and says how it went.
func playOne(ctx context.Context, s *suite, r round, workload string, seed uint64) played {
	began := time.Now()
	v := play(ctx, s, r, workload, r.random(seed))
	state := "ok"
	if len(v.Problems) > 0 {
		state = "FAILED"
	}
	s.Say("%s %s, %s, converged in %s", r.name(), state, time.Since(began).Round(time.Second), v.Converged.Round(100*time.Millisecond))
	for _, p := range v.Problems {
		s.Say("  %s", p)
	}
	return v
}

// failures is an error that tells how to repeat each round that failed.
func failures(verdicts []played, seed uint64) error {
	var all []error
	for _, v := range verdicts {
		if len(v.Problems) == 0 {
			continue
		}
		again := fmt.Sprintf("-only %s -round %d", v.round.fault.name, v.round.number)
		if v.round.long {
			again = fmt.Sprintf("-only %s -rounds 1 -long", v.round.fault.name)
		}
		all = append(all, fmt.Errorf("%s failed; repeat: go run ./faults -seed %d %s; logs: %s", v.round.name(), seed, again, v.logs))
	}
	return errors.Join(all...)
}

// between is a random duration from low up to high.
func between(random *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(random.Int64N(int64(high-low)+1))
}
