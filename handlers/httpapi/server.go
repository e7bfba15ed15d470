package httpapi

import (
	"encoding/json"
	"net/http"
	"time"
)

// Probe is one thing that must work before opsbot says that it is ready.
type Probe struct {
	Name string
	// Check returns what is wrong, nil when all is well. It must be quick: it reads state, it does not call out.
	Check func() error
}

// Internal are the addresses that are not for the outside: POST /webhooks/alertmanager, /healthz, /readyz and /metrics; and those of
// public.
func Internal(webhook, metrics, public http.Handler, probes []Probe) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/webhooks/alertmanager", webhook)
	mux.Handle("/", public)
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { writeProbes(w, probes) })
	return mux
}

// writeProbes names every probe with its state, so that an operator sees at once which one holds the pod back.
func writeProbes(w http.ResponseWriter, probes []Probe) {
	status, states := http.StatusOK, map[string]string{}
	for _, p := range probes {
		states[p.Name] = "ok"
		if err := p.Check(); err != nil {
			status, states[p.Name] = http.StatusServiceUnavailable, err.Error()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(states) // the reader has gone: nobody to tell
}

// NewServer bounds how long a client may take, so that slow or stuck senders cannot hold connections for ever.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 35 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
}
