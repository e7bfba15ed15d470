package deliver

import (
	"math/rand/v2"
	"time"

	"opsbot/bot"
)

const (
	backoffMin          = 500 * time.Millisecond
	backoffMax          = 10 * time.Second
	poisonMin           = 15 * time.Second
	poisonMax           = time.Minute
	unknownOutcomePause = 2 * time.Second // a post without an answer may still appear
)

// retryDelay is how long a row waits after f; attempts counts its earlier failures.
func (w *Worker) retryDelay(f *failure, attempts int) time.Duration {
	if f.remedy == needsAdmin || f.remedy == parked {
		return w.RepairPause
	}
	return backoffDelay(f, attempts)
}

// backoffDelay is retryDelay for failures that need no person.
func backoffDelay(f *failure, attempts int) time.Duration {
	if f.remedy == throttled {
		return f.after
	}
	wait := bot.Backoff(backoffMin, backoffMax, attempts)
	if f.remedy == unknownOutcome {
		wait = max(wait, unknownOutcomePause)
	}
	return wait + rand.N(wait/5)
}

// poisonPause is how long a poison message waits; zero for any other message.
func poisonPause(times int) time.Duration {
	if times < poisonAfter {
		return 0
	}
	return bot.Backoff(poisonMin, poisonMax, times-poisonAfter)
}
