package httpapi

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// sourceRate and sourceBurst are far more than people and Twilio need, also behind one proxy, and far too few to guess anything.
	sourceRate  = 20
	sourceBurst = 100
	// knownSources bounds the memory that strangers can take, about 1 MB.
	knownSources = 4096
)

// sourceLimits bounds the requests a second from each source. What it knows of sources is kept in two halves, of which the older is
// dropped when the younger is full: a source that is forgotten begins anew.
type sourceLimits struct {
	now func() time.Time

	mu             sync.Mutex
	younger, older map[netip.Prefix]*rate.Limiter
}

func newSourceLimits(now func() time.Time) *sourceLimits {
	return &sourceLimits{now: now, younger: map[netip.Prefix]*rate.Limiter{}}
}

func (l *sourceLimits) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.of(networkOf(r.RemoteAddr)).AllowN(l.now(), 1) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (l *sourceLimits) of(source netip.Prefix) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if limiter, ok := l.younger[source]; ok {
		return limiter
	}
	limiter, ok := l.older[source]
	if !ok {
		limiter = rate.NewLimiter(sourceRate, sourceBurst)
	}
	if len(l.younger) >= knownSources/2 {
		l.older, l.younger = l.younger, map[netip.Prefix]*rate.Limiter{}
	}
	l.younger[source] = limiter
	return limiter
}

// networkOf is what one customer of a provider has: an address of IPv4, a /64 of IPv6.
func networkOf(remote string) netip.Prefix {
	address, ok := addressOf(remote)
	if !ok {
		return netip.Prefix{}
	}
	bits := 32
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits) // the number of bits is right
	return network
}
