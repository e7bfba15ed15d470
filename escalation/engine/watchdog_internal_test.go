package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var heardAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestWatchdogVerdict(t *testing.T) {
	w := Watchdog{Alert: "Watchdog", Silence: 5 * time.Minute}
	at := func(minutes int) time.Time { return heardAt.Add(time.Duration(minutes) * time.Minute) }
	for name, tt := range map[string]struct {
		heard, missed, started, now time.Time
		want                        watchdogVerdict
	}{
		"heard lately":                        {heard: at(10), started: at(0), now: at(15), want: watchdogFine},
		"silent":                              {heard: at(10), started: at(0), now: at(16), want: watchdogSilent},
		"opsbot was down":                     {heard: at(10), started: at(100), now: at(105), want: watchdogFine},
		"opsbot was down, and it is silent":   {heard: at(10), started: at(100), now: at(106), want: watchdogSilent},
		"silent, and that is known":           {heard: at(10), missed: at(16), started: at(0), now: at(600), want: watchdogFine},
		"known, also after a restart":         {heard: at(10), missed: at(16), started: at(100), now: at(600), want: watchdogFine},
		"back":                                {heard: at(20), missed: at(16), started: at(0), now: at(20), want: watchdogBack},
		"back while opsbot was not looking":   {heard: at(20), missed: at(16), started: at(100), now: at(600), want: watchdogBack},
		"a beat that came before it was told": {heard: at(15), missed: at(16), started: at(0), now: at(17), want: watchdogFine},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, w.verdict(Heartbeat{At: tt.heard, Run: runNeeded, MissedAt: tt.missed}, tt.started, tt.now))
		})
	}
}

func TestWatchdogKeepsWatchOnceItComesOften(t *testing.T) {
	const never, always = 0, runNeeded
	w := Watchdog{Alert: "Watchdog", Silence: 5 * time.Minute}
	for name, tt := range map[string]struct {
		gaps []time.Duration // between reports, after the first
		want int
	}{
		"once":                              {nil, 1},
		"twice":                             {[]time.Duration{time.Minute}, 2},
		"three times":                       {[]time.Duration{time.Minute, 5 * time.Minute}, always},
		"every four hours":                  {[]time.Duration{4 * time.Hour, 4 * time.Hour, 4 * time.Hour}, 1},
		"by two members, every four hours":  {[]time.Duration{time.Second, 4 * time.Hour, 15 * time.Second, 4 * time.Hour, 0}, 1},
		"a gap starts it anew":              {[]time.Duration{time.Minute, time.Hour, time.Minute}, 2},
		"a gap later changes nothing":       {[]time.Duration{time.Minute, time.Minute, time.Hour}, always},
		"one that was overtaken on the way": {[]time.Duration{time.Minute, -30 * time.Second}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			at := heardAt
			h := w.beat(Heartbeat{}, at)
			for _, gap := range tt.gaps {
				at = at.Add(gap)
				h = w.beat(h, at)
			}
			require.Equal(t, tt.want, h.Run)
		})
	}
	require.Equal(t, watchdogFine, w.verdict(Heartbeat{At: heardAt, Run: never}, heardAt, heardAt.Add(time.Hour)))
	require.Equal(t, watchdogFine, w.verdict(Heartbeat{At: heardAt, Run: always - 1}, heardAt, heardAt.Add(time.Hour)))
}
