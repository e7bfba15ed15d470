package main

import (
	"math/rand/v2"
	"time"
)

// between is a random duration from low up to high.
func between(random *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(random.Int64N(int64(high-low)+1))
}
