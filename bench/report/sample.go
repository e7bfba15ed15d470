// Package report makes a table of what was measured.
package report

import (
	"math"
	"slices"
	"time"
)

// Sample is one figure of one round. Peer is NaN where nothing comparable exists.
type Sample struct {
	What   string
	Key    string // of the value in an outcome
	Unit   Unit
	Opsbot float64
	Peer   float64
	// Against names the peer, Target is what opsbot aims at.
	Against, Target string
}

// Result is a figure over all rounds.
type Result struct {
	Sample                 // medians
	opsbotRange, peerRange span
}

type span struct{ low, high float64 }

// Summarise takes the median of all samples of one name, in the order of their first appearance.
func Summarise(samples []Sample) []Result {
	opsbot, peer := map[string][]float64{}, map[string][]float64{}
	var results []Result
	for _, s := range samples {
		if _, known := opsbot[s.What]; !known {
			results = append(results, Result{Sample: s})
		}
		opsbot[s.What] = append(opsbot[s.What], s.Opsbot)
		peer[s.What] = append(peer[s.What], s.Peer)
	}
	for i := range results {
		r := &results[i]
		r.Opsbot, r.opsbotRange = median(opsbot[r.What])
		r.Peer, r.peerRange = median(peer[r.What])
	}
	return results
}

func median(values []float64) (float64, span) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2, span{sorted[0], sorted[n-1]}
}

// Percentile is the smallest duration that p percent of the durations do not exceed, in seconds; NaN of none.
func Percentile(durations []time.Duration, p float64) float64 {
	if len(durations) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(durations))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1].Seconds()
}
