package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers"
)

// start begins the work. What has to be said about calls that the last stop cut short is said first.
func (a *app) start(ctx context.Context) error {
	if err := a.dispatcher.Recover(ctx); err != nil {
		return fmt.Errorf("recover calls: %w", err)
	}
	// Stopping goes in the reverse order: first nothing new comes in, then what runs ends, then what is to be said is sent.
	a.goes("delivery", a.deliverer.Run)
	a.goes("wake delivery", a.wakeDelivery)
	a.goes("incidents", a.service.Run)
	for _, courier := range a.paging.couriers {
		a.goes("pages by "+courier.String(), courier.Run)
	}
	a.goes("expiry of waiting calls", func(ctx context.Context) error { a.dispatcher.Expire(ctx); return nil })
	a.goes("retention", a.prune)
	a.teardown.add("running operations", a.awaitRuns)
	a.slackState.set(a.listener)
	a.goes("socket", a.listenToSlack)
	a.intake.set(a.service)
	a.log.Info("opsbot runs", zap.String("version", version()), zap.String("http", a.address()), zap.String("channel", a.channel))
	return nil
}

// goes runs a loop until the teardown; a loop that ends by itself with an error ends opsbot.
func (a *app) goes(name string, loop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := loop(ctx); err != nil && ctx.Err() == nil {
			select {
			case a.failed <- fmt.Errorf("%s: %w", name, err):
			default: // one reason to stop is enough
			}
		}
	}()
	a.teardown.add(name, func(limit context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-limit.Done():
			return limit.Err()
		}
	})
}

// runGrace is how long a stop waits for running operations; the rest of stopLimit is for telling people. What still runs
// then is reported as interrupted after the next start.
const runGrace = 12 * time.Second

func (a *app) awaitRuns(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, runGrace)
	defer cancel()
	if err := a.dispatcher.Close(ctx); err != nil {
		a.log.Warn("operations still run; they are reported as interrupted after the next start")
	}
	return nil
}

// listenToSlack keeps trying when Slack refuses the app: the token may be mended in Slack, and alerts must be taken in
// and other channels used meanwhile. /readyz is red as long.
func (a *app) listenToSlack(ctx context.Context) error {
	for {
		err := a.listener.Run(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		a.log.Error("Slack refuses the app: no command reaches opsbot until this is mended", zap.Error(err))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
		}
	}
}

func (a *app) wakeDelivery(ctx context.Context) error {
	outbox := a.store.Outbox()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-outbox.Changed():
			a.deliverer.Wake()
		}
	}
}

func (a *app) probes() []handlers.Probe {
	return []handlers.Probe{{Name: "slack", Check: func() error {
		if a.slackState.connected() == 0 {
			return errors.New("no Socket Mode connection")
		}
		return nil
	}}}
}

// stop ends everything that start began and closes what newApp opened.
func (a *app) stop(context.Context) error { return a.teardown.run(stopLimit) }
