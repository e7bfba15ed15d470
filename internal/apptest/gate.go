package apptest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// Gate is the way from Alertmanager to opsbot.
type Gate struct {
	URL     string // of the webhook
	behind  atomic.Pointer[httputil.ReverseProxy]
	State   atomic.Int32
	Passed  atomic.Int32 // deliveries that opsbot has taken
	Refused atomic.Int32
}

// What the gate does with a delivery.
const (
	GateOpen     int32 = iota
	GateBroken         // it answers 503, and Alertmanager tries again
	GateSwallows       // it answers 200, and nobody hears of it
)

func newGate(t *testing.T) *Gate {
	g := &Gate{}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.URL = server.URL + "/webhooks/alertmanager"
	return g
}

// Lead says where opsbot is.
func (g *Gate) Lead(to string) {
	g.behind.Store(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: to}))
}

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch g.State.Load() {
	case GateOpen:
		g.behind.Load().ServeHTTP(w, r)
		g.Passed.Add(1)
	case GateBroken:
		g.Refused.Add(1)
		http.Error(w, "down", http.StatusServiceUnavailable)
	default:
		g.Refused.Add(1)
	}
}
