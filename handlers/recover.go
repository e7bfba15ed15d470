package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// Recover takes over abandoned calls: those that a stop cut short, accepted or running. A run whose steps are stored goes on
// as its steps declare; of any other people are told, because what a half-done run left behind is for a person to look at, and
// the card says where. Calls that wait for a decision simply go on waiting, and a scheduled call that was only accepted is made.
func (d *Dispatcher) Recover(ctx context.Context, abandoned []calls.Record) error {
	for _, r := range abandoned {
		take := d.interrupt
		switch {
		case r.State == calls.Running && len(r.Steps) > 0:
			take = d.resume
		case r.State == calls.Accepted && r.Schedule != 0 && !d.isStale(r):
			take = d.takeOnScheduled
		}
		if err := take(ctx, r); err != nil && !errors.Is(err, calls.ErrConflict) {
			return err
		}
	}
	return nil
}

func (d *Dispatcher) interrupt(ctx context.Context, r calls.Record) error {
	started := r.State == calls.Running
	r.State, r.FinishedAt, r.Outcome = calls.Interrupted, d.Now(), "opsbot was stopped"
	if err := d.recordFailure(ctx, r, "interrupted", d.answer(r, calls.InterruptedCard(r, started))); err != nil {
		return err
	}
	if started {
		d.recordInIncident(ctx, r, incident.EntryCommand, r.Source.User, messages.New("incident.command_interrupted", "user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command)))
	}
	return nil
}

// Expire ends, until ctx is done, the calls that nobody decided about in time, so that no stale button stays pressable.
func (d *Dispatcher) Expire(ctx context.Context) {
	ticker := time.NewTicker(15 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			d.expireDue(ctx)
		}
	}
}

func (d *Dispatcher) expireDue(ctx context.Context) {
	for _, state := range []calls.State{calls.Planned, calls.Approval} {
		records, err := d.Calls.Unfinished(ctx, state)
		if err != nil {
			if ctx.Err() == nil {
				d.Log.Error("list waiting calls", zap.Error(err))
			}
			return
		}
		for _, r := range records {
			if !d.Now().After(r.ExpiresAt) {
				continue
			}
			if err := d.expire(ctx, r); err != nil && !errors.Is(err, calls.ErrConflict) {
				d.Log.Error("expire call", zap.String("call", r.ID), zap.Error(err))
			}
		}
	}
}

// Runs is what the opsbots that share a database know of each other's runs.
type Runs interface {
	// Own are the running calls that this opsbot is to run.
	Own(ctx context.Context) ([]calls.Record, error)
	RequestStop(ctx context.Context, call, by string) error
	// StopRequests are the Slack user ids of those who want calls of this opsbot to stop, by call.
	StopRequests(ctx context.Context) (map[string]string, error)
	// CutOff receives when another opsbot may have taken over the runs of this one; nil where there is no other.
	CutOff() <-chan struct{}
}

const watchRunsEvery = 2 * time.Second

// WatchRuns keeps, until ctx is done, the runs of this opsbot in line with what the database says: it stops those that somebody
// wants to stop, hands all over when this opsbot was cut off, and takes up those again that ended here and are still its own.
func (d *Dispatcher) WatchRuns(ctx context.Context) error {
	ticker := time.NewTicker(watchRunsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.Shared.CutOff():
			d.Log.Warn("cut off from the database: runs are handed over")
			d.HandOver()
		case <-ticker.C:
			if d.runs.left.Swap(false) && d.resumeOwn(ctx) != nil {
				d.runs.left.Store(true)
			}
			d.applyStopRequests(ctx)
		}
	}
}

// resumeOwn resumes the runs that were handed over and that nobody has taken.
func (d *Dispatcher) resumeOwn(ctx context.Context) error {
	own, err := d.Shared.Own(ctx)
	if err != nil {
		return err
	}
	here := d.runs.calls()
	own = slices.DeleteFunc(own, func(r calls.Record) bool { return slices.Contains(here, r.ID) })
	return d.Recover(ctx, own)
}

func (d *Dispatcher) applyStopRequests(ctx context.Context) {
	if len(d.runs.calls()) == 0 {
		return
	}
	requests, err := d.Shared.StopRequests(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		d.Log.Error("look for runs to stop", zap.Error(err))
	}
	for call, by := range requests {
		d.runs.cancel(call, &stopRequest{by})
	}
}
