package main

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// start begins the work.
func (a *app) start(context.Context) error {
	// Stopping goes in the reverse order: first nothing new comes in, then what runs ends, then what is to be said is sent.
	a.goes("calendars", a.calendars.Run)
	a.goes("leadership", func(ctx context.Context) error { return a.store.Lead(ctx, a.lead) })
	a.teardown.add("running operations", a.awaitRuns)
	a.slackState.set(a.listener)
	a.goes("socket", a.listenToSlack)
	a.intake.set(a.service)
	a.log.Info("opsbot runs", zap.String("version", version()), zap.String("http", a.address()), zap.String("channel", a.channel))
	return nil
}

// goes runs a loop until the teardown; a loop that ends by itself with an error ends opsbot.
func (a *app) goes(name string, loop func(context.Context) error) {
	a.teardown.goes(a.failed, name, loop)
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

// ended receives the error of a loop that has ended by itself: opsbot cannot go on.
func (a *app) ended() <-chan error { return a.failed }

// stop ends everything that start began and closes what newApp opened.
func (a *app) stop(context.Context) error { return a.teardown.run(stopLimit) }
