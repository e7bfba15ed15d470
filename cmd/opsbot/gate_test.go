package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// gate is the way from Alertmanager to opsbot.
type gate struct {
	url     string
	behind  atomic.Pointer[httputil.ReverseProxy]
	state   atomic.Int32
	passed  atomic.Int32 // deliveries that opsbot has taken
	refused atomic.Int32
}

// What the gate does with a delivery.
const (
	gateOpen     int32 = iota
	gateBroken         // it answers 503, and Alertmanager tries again
	gateSwallows       // it answers 200, and nobody hears of it
)

func newGate(t *testing.T) *gate {
	g := &gate{}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.url = server.URL + "/webhooks/alertmanager"
	return g
}

func (g *gate) lead(to string) {
	g.behind.Store(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: to}))
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch g.state.Load() {
	case gateOpen:
		g.behind.Load().ServeHTTP(w, r)
		g.passed.Add(1)
	case gateBroken:
		g.refused.Add(1)
		http.Error(w, "down", http.StatusServiceUnavailable)
	default:
		g.refused.Add(1)
	}
}
