package deliver

import (
	"math/rand/v2"
	"time"

	"opsbot/bot"
)

const (
	backoffMin   = 500 * time.Millisecond
	backoffMax   = 10 * time.Second
	strayMin     = 15 * time.Second
	strayMax     = time.Minute
	unclearPause = 2 * time.Second // a post that we gave up waiting for may still appear
)

// restFor is how long a row rests after f, its attempts-th failure (from 0).
func (d *Worker) restFor(f *failure, attempts int) time.Duration {
	if f.remedy == needsAdmin || f.remedy == parked {
		return d.RepairPause
	}
	return waitFor(f, attempts)
}

// waitFor is restFor for what needs no person.
func waitFor(f *failure, attempts int) time.Duration {
	if f.remedy == throttled {
		return f.after
	}
	wait := bot.Doubled(backoffMin, backoffMax, attempts)
	if f.remedy == unclear {
		wait = max(wait, unclearPause)
	}
	return wait + rand.N(wait/5)
}

// strayPause is how long a message rests that its channel does not wait for; zero for any other.
func strayPause(times int) time.Duration {
	if times < strayAfter {
		return 0
	}
	return bot.Doubled(strayMin, strayMax, times-strayAfter)
}
