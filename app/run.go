package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/internal/version"
)

// Start begins the work.
func (a *App) Start(context.Context) error {
	// Stopping goes in the reverse order: first nothing new comes in, then what runs ends, then what is to be said is sent.
	a.spawn("calendars", a.calendars.Run)
	a.refusals.Outbox, a.refusals.Channel = a.store, a.channel
	a.spawn("refusals", a.refusals.Run)
	a.spawn("counted refusals", a.audited.Run)
	a.spawn("leadership", func(ctx context.Context) error { return a.store.Lead(ctx, a.lead) })
	a.teardown.Add("running operations", a.awaitRuns)
	a.slackState.set(a.listener)
	a.spawn("runs", a.dispatcher.WatchRuns)
	a.spawn("socket", a.listenToSlack)
	a.intake.set(a.service)
	a.log.Info("opsbot runs", zap.String("version", version.String()), zap.String("http", a.Address()), zap.String("public", a.PublicAddress()), zap.String("channel", a.channel))
	return nil
}

// spawn runs a loop until the teardown; a loop that ends by itself with an error ends opsbot.
func (a *App) spawn(name string, loop func(context.Context) error) {
	a.teardown.Spawn(a.failed, name, loop)
}

// runGrace is how long a stop waits for running operations; the rest of stopLimit is for telling people. What still runs
// then goes on after the next start, or on another replica.
const runGrace = 12 * time.Second

func (a *App) awaitRuns(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, runGrace)
	defer cancel()
	if err := a.dispatcher.Close(ctx); err != nil {
		a.log.Warn("operations still run that do not end; another replica or the next start goes on with them")
	}
	return nil
}

// Failed receives the error of a loop that has ended by itself: opsbot cannot go on.
func (a *App) Failed() <-chan error { return a.failed }

// Stop ends everything that Start began and closes what New opened.
func (a *App) Stop(context.Context) error { return a.teardown.Run(stopLimit) }
