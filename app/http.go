package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"opsbot/configs"
	"opsbot/handlers/httpapi"
)

// listen opens the port, so that an address in use is a start-up error and not a log line, and serves it.
func (a *App) listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	if a.http, err = config.Listen(ctx, "tcp", a.config.HTTP.Listen); err != nil {
		return fmt.Errorf("listen on http.listen %s: %w", a.config.HTTP.Listen, err)
	}
	a.intake = &intake{journal: a.store, now: time.Now}
	webhook := &httpapi.Webhook{
		Receiver: a.intake, Tokens: revealed(a.config.Webhook.BearerTokens), Now: time.Now, Log: a.log.Named("webhook"), Observe: a.metrics.webhook,
		Refused: a.refused,
	}
	metrics := a.metrics.handler(a.store, &a.slackState, a.config.Alertmanager.Watchdog.Alert)
	server := httpapi.NewServer(a.paging.routes(httpapi.Routes(webhook, a.onCallFeed(), metrics, a.probes())))
	a.spawn("http", func(context.Context) error {
		if err := server.Serve(a.http); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	a.teardown.Add("http server", server.Shutdown)
	return nil
}

// refused counts a refused delivery, and remembers it for people.
func (a *App) refused(r httpapi.Refusal) {
	a.metrics.refused(r.Cause)
	a.refusals.Refused(r)
}

// Address is where HTTP is served, as host:port.
func (a *App) Address() string { return a.http.Addr().String() }

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
