package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

// balance spreads deliveries over the replicas one by one, as a Service in Kubernetes does, and answers 502 for one that
// is not there. It returns where it listens.
func (w *world) balance() (address string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: balanced(w.replicas), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	w.add("balancer", func() error {
		err := server.Close()
		if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		return err
	})
	return listener.Addr().String(), nil
}

func balanced(replicas []*replica) http.Handler {
	var ways []http.Handler
	for _, r := range replicas {
		way := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.address})
		way.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		ways = append(ways, way)
	}
	var next atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ways[next.Add(1)%uint64(len(ways))].ServeHTTP(w, r)
	})
}
