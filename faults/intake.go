package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"opsbot/faults/judge"
)

// intake is the way from Alertmanager to opsbot. It spreads deliveries over the replicas one by one, as a Service in
// Kubernetes does, answers 502 for one that is not there, and remembers what was acknowledged.
type intake struct {
	ways []http.Handler

	mu    sync.Mutex
	next  int
	heard map[string]bool // services of which opsbot has acknowledged a delivery
	taken int             // deliveries acknowledged
}

// serveIntake serves it and returns where.
func (w *world) serveIntake() (address string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	w.intake = newIntake(w.replicas)
	server := &http.Server{Handler: w.intake, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	w.Add("intake", func() error {
		err := server.Close()
		if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		return err
	})
	return listener.Addr().String(), nil
}

func newIntake(replicas []*replica) *intake {
	i := &intake{heard: map[string]bool{}}
	for _, r := range replicas {
		way := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.address})
		way.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		i.ways = append(i.ways, way)
	}
	return i
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := &answer{ResponseWriter: w}
	i.way().ServeHTTP(answer, r)
	if answer.status == http.StatusOK {
		i.acknowledged(body)
	}
}

func (i *intake) way() http.Handler {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next++
	return i.ways[i.next%len(i.ways)]
}

func (i *intake) acknowledged(body []byte) {
	var delivery struct {
		GroupLabels map[string]string `json:"groupLabels"`
	}
	_ = json.Unmarshal(body, &delivery) // opsbot has read it
	i.mu.Lock()
	defer i.mu.Unlock()
	i.heard[delivery.GroupLabels["service"]] = true
	i.taken++
}

// told are the stories that opsbot has to know: it has acknowledged them, or Alertmanager goes on trying. Of an alert that
// begins and ends while nobody takes it, Alertmanager tells nobody.
func (i *intake) told(stories []judge.Story) (told []judge.Story) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, s := range stories {
		if s.Ends == 0 || i.heard[s.Service] {
			told = append(told, s)
		}
	}
	return told
}

// deliveries are how many opsbot has acknowledged.
func (i *intake) deliveries() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.taken
}

// answer remembers the status.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}
