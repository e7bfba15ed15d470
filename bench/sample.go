package main

import (
	"math"
	"slices"
	"time"
)

// sample is one figure of one round. peer is NaN where nothing comparable exists.
type sample struct {
	what   string
	key    string // of the value in an outcome
	unit   unit
	opsbot float64
	peer   float64
	// against names the peer, target is what opsbot aims at.
	against, target string
}

// result is a figure over all rounds.
type result struct {
	sample                 // medians
	opsbotRange, peerRange span
}

type span struct{ low, high float64 }

// summarise takes the median of all samples of one name, in the order of their first appearance.
func summarise(samples []sample) []result {
	opsbot, peer := map[string][]float64{}, map[string][]float64{}
	var results []result
	for _, s := range samples {
		if _, known := opsbot[s.what]; !known {
			results = append(results, result{sample: s})
		}
		opsbot[s.what] = append(opsbot[s.what], s.opsbot)
		peer[s.what] = append(peer[s.what], s.peer)
	}
	for i := range results {
		r := &results[i]
		r.opsbot, r.opsbotRange = median(opsbot[r.what])
		r.peer, r.peerRange = median(peer[r.what])
	}
	return results
}

func median(values []float64) (float64, span) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2, span{sorted[0], sorted[n-1]}
}

// percentile is the smallest duration that p percent of the durations do not exceed, in seconds; NaN of none.
func percentile(durations []time.Duration, p float64) float64 {
	if len(durations) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(durations))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1].Seconds()
}
