package bot

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// closure is until when Slack wants no more connections to be opened: its Retry-After is for the method (SF-5.2), and a
// socket of its own accord knows only of its own.
type closure struct {
	mu    sync.Mutex
	until time.Time
}

func (c *closure) close(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = later(c.until, until)
}

func (c *closure) left(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, c.until.Sub(now))
}

// retryAfter is what a 429 asks for, a second where it cannot be read (SF-5.3).
func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}
