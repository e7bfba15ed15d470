package events

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"opsbot/bot"
)

const (
	stableAfter  = 30 * time.Second // a connection that lived this long was a good one
	reconnectMin = 500 * time.Millisecond
	reconnectMax = 8 * time.Second
)

// reconnectPacer paces apps.connections.open. slack-go dials again at once after every disconnect frame, so an answer like
// too_many_websockets makes it spin (SF-1.54), and dead sockets that still count make that worse (SF-1.51). It wraps the
// HTTP client and not its transport, whose timeout must not run while it waits.
type reconnectPacer struct {
	next   bot.Doer
	now    func() time.Time
	closed *bot.RetryAfter // of all sockets together

	mu         sync.Mutex
	opened     time.Time
	shortLived int // connections in a row that did not last
}

func newReconnectPacer(next bot.Doer, now func() time.Time, closed *bot.RetryAfter) *reconnectPacer {
	return &reconnectPacer{next: next, now: now, closed: closed}
}

// Do implements the HTTP client that slack-go wants.
func (r *reconnectPacer) Do(request *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(request.URL.Path, "/apps.connections.open") {
		return r.next.Do(request)
	}
	for wait := r.delay(); wait > 0; wait = r.closed.Left(r.now()) {
		if !bot.Pause(request.Context(), wait) {
			return nil, request.Context().Err()
		}
	}
	response, err := r.next.Do(request)
	switch {
	case err != nil:
		r.undo()
	case response.StatusCode == http.StatusTooManyRequests:
		r.closed.Close(r.now().Add(retryAfter(response)))
	}
	return response, err
}

// delay claims the next connection attempt and returns how long to wait before it. The first reconnection is immediate, because
// Slack refreshes connections.
func (r *reconnectPacer) delay() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if r.opened.IsZero() || now.Sub(r.opened) >= stableAfter {
		r.shortLived = 0
	} else {
		r.shortLived++
	}
	var wait time.Duration
	if r.shortLived > 1 {
		wait = bot.Backoff(reconnectMin, reconnectMax, r.shortLived-2)
	}
	wait = max(wait, r.closed.Left(now))
	r.opened = now.Add(wait)
	return wait
}

// undo forgets a connection attempt that did not reach Slack: slack-go backs off from those by itself.
func (r *reconnectPacer) undo() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shortLived = 0
	r.opened = time.Time{}
}

// retryAfter is the Retry-After of a 429; one second if it cannot be read (SF-5.3).
func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}
