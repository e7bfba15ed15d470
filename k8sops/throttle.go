package k8sops

import (
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
	"k8s.io/client-go/rest"
)

// Throttle bounds how fast the API servers' answers are read for one person, over all that runs for them: what opsbot spends on reading, filtering
// and redacting grows with these bytes. A person who is over the bound waits; nothing is refused or cut. Exec streams, such as a backup's, are
// not counted. Nil bounds nothing.
type Throttle struct {
	// PerSecond is the bound in bytes, in the long run; Burst may come at once.
	PerSecond, Burst int
	Now              func() time.Time

	mu     sync.Mutex
	people map[string]*rate.Limiter
}

// apply makes the requests of a configuration count for a Kubernetes user.
func (t *Throttle) apply(config *rest.Config, user string) {
	if t == nil || t.PerSecond <= 0 {
		return
	}
	limiter := t.of(user)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return throttled{next, limiter} })
}

// of is the limiter of a person. Those who have read nothing for a while are dropped.
func (t *Throttle) of(user string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.people[user]; l != nil {
		return l
	}
	now := t.Now()
	for other, l := range t.people {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(t.people, other)
		}
	}
	if t.people == nil {
		t.people = map[string]*rate.Limiter{}
	}
	l := rate.NewLimiter(rate.Limit(t.PerSecond), max(t.Burst, t.PerSecond))
	t.people[user] = l
	return l
}

type throttled struct {
	next    http.RoundTripper
	limiter *rate.Limiter
}

// RoundTrip implements http.RoundTripper.
func (t throttled) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err == nil && response.StatusCode != http.StatusSwitchingProtocols && response.Body != nil {
		response.Body = &throttledBody{ReadCloser: response.Body, request: r, limiter: t.limiter}
	}
	return response, err
}

// WrappedRoundTripper lets client-go find the transport below.
func (t throttled) WrappedRoundTripper() http.RoundTripper { return t.next }

type throttledBody struct {
	io.ReadCloser
	request *http.Request
	limiter *rate.Limiter
}

// Read implements io.Reader.
func (b *throttledBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.limiter.Burst())])
	if n > 0 {
		if wait := b.limiter.WaitN(b.request.Context(), n); wait != nil && err == nil {
			err = wait
		}
	}
	return n, err
}
