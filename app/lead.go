package app

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/internal/teardown"
)

// lead does, until ctx ends, what only one of the opsbots that share a database may do. All of them take webhooks, commands
// and presses.
func (a *App) lead(ctx context.Context) (err error) {
	watch := a.newDeliveryWatch()
	deliverer := a.newDeliverer(watch)
	watch.Delivery = deliverer
	failed := make(chan error, 1)
	var loops teardown.Stack
	// Stopped in the reverse order: what is to be said is said last.
	loops.Spawn(failed, "delivery", deliverer.Run)
	loops.Spawn(failed, "wake", func(ctx context.Context) error { return a.wake(ctx, deliverer) })
	loops.Spawn(failed, "incidents", a.service.Run)
	for _, worker := range a.paging.workers {
		loops.Spawn(failed, "pages by "+worker.String(), worker.Run)
	}
	a.watchAlertmanager(&loops, failed)
	for _, recorder := range a.clusterEvents {
		loops.Spawn(failed, "events of cluster "+recorder.Name, recorder.Run)
	}
	loops.Spawn(failed, "watch over delivery", watch.Run)
	a.syncUserGroups(&loops, failed)
	a.clearMoves(&loops, failed)
	loops.Spawn(failed, "schedules", a.dispatcher.WatchSchedules)
	loops.Spawn(failed, "guided runs", a.guide.Watch)
	loops.Spawn(failed, "abandoned calls", a.recoverCalls)
	loops.Spawn(failed, "expiry of waiting calls", func(ctx context.Context) error { a.dispatcher.Expire(ctx); return nil })
	loops.Spawn(failed, "retention", a.prune)
	loops.Spawn(failed, "audit checkpoints", func(ctx context.Context) error { return a.checkpoints.Run(ctx, a.config.Audit.Interval) })
	select {
	case <-ctx.Done():
		err = context.Cause(ctx)
	case err = <-failed:
	}
	return errors.Join(err, loops.Run(stopLimit))
}

// wake tells the loops what was stored, here or by another opsbot.
func (a *App) wake(ctx context.Context, deliverer *deliver.Worker) error {
	outbox := a.store.Outbox()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-outbox.Changed():
		case <-a.store.Woken():
			a.service.Wake()
			a.paging.wake()
		}
		deliverer.Wake()
	}
}

// recoverEvery is how often calls are looked for whose opsbot is gone.
const recoverEvery = 5 * time.Second

// recoverCalls tells people about the calls that an opsbot left behind which was killed: the last run of this one, or
// another replica.
func (a *App) recoverCalls(ctx context.Context) error {
	ticker := time.NewTicker(recoverEvery)
	defer ticker.Stop()
	for {
		if err := a.recoverOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("recover calls", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (a *App) recoverOnce(ctx context.Context) error {
	abandoned, err := a.store.Abandoned(ctx)
	if err != nil {
		return err
	}
	return a.dispatcher.Recover(ctx, abandoned)
}
