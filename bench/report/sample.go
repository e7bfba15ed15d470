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

// Summarise takes the median of all samples of one name and peer, in the order of their first appearance.
func Summarise(samples []Sample) []Result {
	type row struct{ what, against string }
	opsbot, peer := map[row][]float64{}, map[row][]float64{}
	var results []Result
	for _, s := range samples {
		of := row{s.What, s.Against}
		if _, known := opsbot[of]; !known {
			results = append(results, Result{Sample: s})
		}
		opsbot[of] = append(opsbot[of], s.Opsbot)
		peer[of] = append(peer[of], s.Peer)
	}
	for i := range results {
		r := &results[i]
		of := row{r.What, r.Against}
		r.Opsbot, r.opsbotRange = median(opsbot[of])
		r.Peer, r.peerRange = median(peer[of])
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
