package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"opsbot/handlers/calls"

	"go.uber.org/zap"
)

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
