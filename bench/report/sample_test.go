package report

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
		if got := Percentile(c.of, c.p); got != c.want {
			t.Errorf("p%v of %d durations is %v s, want %v s", c.p, len(c.of), got, c.want)
		}
	}
	if got := Percentile(nil, 50); !math.IsNaN(got) {
		t.Errorf("percentile of nothing is %v, want NaN", got)
	}
}

func TestSummariseTakesMediansInOrder(t *testing.T) {
	results := Summarise([]Sample{
		{What: "b", Opsbot: 9, Peer: 1},
		{What: "a", Opsbot: 1, Peer: math.NaN()},
		{What: "b", Opsbot: 2, Peer: 4},
		{What: "b", Opsbot: 3, Peer: 3},
	})
	if len(results) != 2 || results[0].What != "b" || results[1].What != "a" {
		t.Fatalf("results are %+v, want b and a", results)
	}
	if b := results[0]; b.Opsbot != 3 || b.Peer != 3 || b.opsbotRange != (span{2, 9}) || b.peerRange != (span{1, 4}) {
		t.Errorf("b is %+v, want medians 3 and 3 of 2–9 and 1–4", b)
	}
}
