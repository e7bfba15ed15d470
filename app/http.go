package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"opsbot/configs"
	"opsbot/handlers/httpapi"
)

// listen opens the ports, so that an address in use is a start-up error and not a log line, and serves them.
func (a *App) listen(ctx context.Context) (err error) {
	if a.http, err = open(ctx, "http.listen", a.config.HTTP.Listen); err != nil {
		return err
	}
	a.intake = &intake{journal: a.store, now: time.Now}
	webhook := &httpapi.Webhook{
		Receiver: a.intake, Tokens: revealed(a.config.Webhook.BearerTokens), Now: time.Now, Log: a.log.Named("webhook"), Observe: a.metrics.webhook,
		Refused: a.refused,
	}
	metrics := a.metrics.handler(a.store, &a.slackState, a.config.Alertmanager.Watchdog.Alert)
	public := httpapi.Public(http.HandlerFunc(a.paging.answer), a.onCallFeed())
	a.serve("http", a.http, httpapi.NewServer(httpapi.Internal(webhook, metrics, a.misled(public), a.probes())))
	if !a.hasPublicListener() {
		return nil
	}
	if a.public, err = open(ctx, "http.public_listen", a.config.HTTP.PublicListen); err != nil {
		return err
	}
	a.serve("public http", a.public, httpapi.NewPublicServer(public, a.config.HTTP.Proxies(), time.Now))
	return nil
}

func (a *App) hasPublicListener() bool {
	return a.config.HTTP.PublicListen != "" && !a.config.Paging.PublicURL.Empty()
}

// misled serves at http.listen, too, what belongs to the public listener: a proxy that was set up before there was one must not lose
// an acknowledgement. That it leads to the wrong place is logged once.
func (a *App) misled(public *http.ServeMux) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := public.Handler(r); pattern != "" && a.hasPublicListener() {
			once.Do(func() {
				a.log.Warn("a request from outside came to http.listen, where metrics and the webhook are: let the proxy of paging.public_url lead to http.public_listen",
					zap.String("address", pattern), zap.String("remote", r.RemoteAddr))
			})
		}
		public.ServeHTTP(w, r)
	})
}

func open(ctx context.Context, key, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s %s: %w", key, address, err)
	}
	return listener, nil
}

func (a *App) serve(name string, listener net.Listener, server *http.Server) {
	a.spawn(name, func(context.Context) error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	a.teardown.Add(name+" server", server.Shutdown)
}

// refused counts a refused delivery, and remembers it for people.
func (a *App) refused(r httpapi.Refusal) {
	a.metrics.refused(r.Cause)
	a.refusals.Refused(r)
}

// Address is where what is internal is served over HTTP, as host:port.
func (a *App) Address() string { return a.http.Addr().String() }

// PublicAddress is where what is reached from outside is served, "" where that is at Address.
func (a *App) PublicAddress() string {
	if a.public == nil {
		return ""
	}
	return a.public.Addr().String()
}

func (a *App) probes() []httpapi.Probe {
	return []httpapi.Probe{{Name: "slack", Check: func() error {
		if a.slackState.connected() == 0 {
			return errors.New("no Socket Mode connection")
		}
		return nil
	}}}
}

func revealed(secrets []configs.Secret) []string {
	plain := make([]string, len(secrets))
	for i, s := range secrets {
		plain[i] = s.Reveal()
	}
	return plain
}
