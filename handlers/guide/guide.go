package guide

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// Calls reads the records of calls.
type Calls interface {
	// Call is calls.ErrNotFound where there is none of that id.
	Call(ctx context.Context, id string) (calls.Record, error)
}

// Caller makes calls.
type Caller interface {
	// Take makes the call of a request. It returns when that is refused, asks somebody, or runs.
	Take(ctx context.Context, req handlers.Request)
}

// Outbox takes the messages that should stand in Slack.
type Outbox interface {
	Put(ctx context.Context, m ...messages.Outbound) error
}

// Guide takes the guided runs forward. Its methods are safe for concurrent use, also by several opsbots: whoever stores the next version of a
// run makes its call.
type Guide struct {
	Runs    runbooks.Store
	Calls   Calls
	Caller  Caller
	Outbox  Outbox
	Catalog []k8sops.Operation
	// Locale of the cards, which a whole channel reads.
	Locale string
	Now    func() time.Time
	Log    *zap.Logger

	// shown are the versions of the runs whose cards stand in the outbox: what is not known after a start is put once more.
	shown shownVersions
}

// lookEvery is how long a run waits after the end of a call, at most.
const lookEvery = time.Second

// Watch takes the runs forward until ctx is done. One opsbot does this at a time.
func (g *Guide) Watch(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		g.Advance(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Advance looks at every run once. What fails for a while is tried again the next time.
func (g *Guide) Advance(ctx context.Context) {
	open, err := g.Runs.Unfinished(ctx)
	if err != nil && ctx.Err() == nil {
		g.Log.Error("list guided runs", zap.Error(err))
	}
	for _, r := range open {
		if err := g.advance(ctx, r); err != nil && !errors.Is(err, runbooks.ErrConflict) && ctx.Err() == nil {
			g.Log.Error("guided run", zap.Int64("run", r.Number), zap.Error(err))
		}
	}
}

// advance takes a run as far as it comes without a person, and shows it.
func (g *Guide) advance(ctx context.Context, r runbooks.Run) error {
	next, begin, err := g.next(ctx, r)
	if err != nil {
		return err
	}
	if begin >= 0 {
		next = next.Begin(begin, next.User, g.Now())
	}
	if begin >= 0 || changed(r, next) {
		if next, err = g.Runs.UpdateRun(ctx, next); err != nil {
			return err
		}
	}
	if next.IsOver() {
		return g.close(ctx, next)
	}
	if err := g.showOnce(ctx, next); err != nil {
		return err
	}
	if begin >= 0 {
		g.Caller.Take(ctx, g.request(next, begin))
	}
	return nil
}

func changed(before, after runbooks.Run) bool {
	if before.IsOver() != after.IsOver() {
		return true
	}
	for i, s := range before.Steps {
		if now := after.Steps[i]; s.State != now.State || s.Result != now.Result {
			return true
		}
	}
	return false
}

// request is the call of a look, in the name of whoever began the run.
func (g *Guide) request(r runbooks.Run, step int) handlers.Request {
	id := r.CallID(step)
	req := handlers.Request{
		SourceID: "runbook/" + id, Call: &r.Steps[step].Call, User: r.User, Channel: r.Channel, ThreadTS: r.ThreadTS, At: g.Now(),
		Step: handlers.RunStep{CallID: id, Incident: r.Incident},
	}
	if r.ThreadTS == "" {
		req.Step.ReplyTo = r.Key()
	}
	return req
}

// close shows how a run ended. It is looked at until its last card is in the outbox.
func (g *Guide) close(ctx context.Context, r runbooks.Run) error {
	if err := g.show(ctx, r); err != nil {
		return err
	}
	r.Shown = true
	_, err := g.Runs.UpdateRun(ctx, r)
	g.shown.forget(r.Number)
	return err
}

// show makes the card of the run say how it stands. An equal card changes nothing.
func (g *Guide) show(ctx context.Context, r runbooks.Run) error {
	return g.Outbox.Put(ctx, messages.Outbound{
		Key: r.Key(), Lane: messages.LaneAnswer, Channel: r.Channel, ThreadTS: r.ThreadTS, Requester: r.User, Locale: g.Locale, Card: runbooks.Card(g.Catalog, r),
	})
}
