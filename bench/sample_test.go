package main

import (
	"math"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, time.Duration(i)*time.Second)
	}
	for _, c := range []struct {
		p, want float64
		of      []time.Duration
	}{
		{p: 50, of: hundred, want: 50},
		{p: 99, of: hundred, want: 99},
		{p: 100, of: hundred, want: 100},
		{p: 99, of: hundred[:1], want: 100},
		{p: 50, of: hundred[98:], want: 1},
	} {
		if got := percentile(c.of, c.p); got != c.want {
			t.Errorf("p%v of %d durations is %v s, want %v s", c.p, len(c.of), got, c.want)
		}
	}
	if got := percentile(nil, 50); !math.IsNaN(got) {
		t.Errorf("percentile of nothing is %v, want NaN", got)
	}
}

func TestSummariseTakesMediansInOrder(t *testing.T) {
	results := summarise([]sample{
		{what: "b", opsbot: 9, peer: 1},
		{what: "a", opsbot: 1, peer: math.NaN()},
		{what: "b", opsbot: 2, peer: 4},
		{what: "b", opsbot: 3, peer: 3},
	})
	if len(results) != 2 || results[0].what != "b" || results[1].what != "a" {
		t.Fatalf("results are %+v, want b and a", results)
	}
	if b := results[0]; b.opsbot != 3 || b.peer != 3 || b.opsbotRange != (span{2, 9}) || b.peerRange != (span{1, 4}) {
		t.Errorf("b is %+v, want medians 3 and 3 of 2–9 and 1–4", b)
	}
}
