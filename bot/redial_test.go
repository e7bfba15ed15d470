package bot

import (
	"testing"
	"time"
)

func TestRedialerIsQuickOnceAndThenSlow(t *testing.T) {
	now := noon
	r := newRedialer(nil, func() time.Time { return now })
	var waits []time.Duration
	for range 9 { // every connection is refused at once
		wait := r.delay()
		waits = append(waits, wait)
		now = now.Add(wait + 10*time.Millisecond)
	}
	want := []time.Duration{0, 0, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, redialMax, redialMax, redialMax}
	for i := range want {
		if waits[i] != want[i] {
			t.Fatalf("waits %v, want %v", waits, want)
		}
	}
	now = now.Add(redialCalm)
	if wait := r.delay(); wait != 0 {
		t.Errorf("a connection that lasted is followed by a wait of %v", wait)
	}
}
