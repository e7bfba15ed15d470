package paging

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/internal/redact"
)

const (
	// sendLimit limits one attempt. The lease is longer, so that another worker takes over the page of a worker that died, but
	// never one that is still being sent.
	sendLimit = 20 * time.Second
	lease     = time.Minute
	// batch is how many pages of a channel are sent at once.
	batch = 8
	// idle is the longest pause: another replica may have created a page, or died while sending one.
	idle = 5 * time.Second

	firstPause = 2 * time.Second
	lastPause  = time.Minute
)

// Worker sends the pages of one channel. Run makes it work; several workers of one channel, also in other processes,
// share the work.
type Worker struct {
	Via       oncall.Via
	Sender    Sender
	Ledger    Ledger
	Outcomes  Outcomes
	Directory oncall.Directory
	Now       func() time.Time
	Log       *zap.Logger

	once sync.Once
	wake chan struct{}
}

// Wake makes Run look at the ledger now.
func (w *Worker) Wake() {
	select {
	case w.woken() <- struct{}{}:
	default:
	}
}

func (w *Worker) woken() chan struct{} {
	w.once.Do(func() { w.wake = make(chan struct{}, 1) })
	return w.wake
}

// Run works until ctx ends, and then until what is being sent has been sent.
func (w *Worker) Run(ctx context.Context) error {
	for {
		next, err := w.round(ctx)
		wait := idle
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			w.Log.Error("worker cannot use the page ledger, trying again", zap.Stringer("via", w), zap.Error(err))
		case !next.IsZero():
			wait = min(idle, max(next.Sub(w.Now()), 0))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-w.woken():
		}
		timer.Stop()
	}
}

func (w *Worker) String() string { return string(w.Via) }

// round sends what is due and returns when there is more to do.
func (w *Worker) round(ctx context.Context) (next time.Time, err error) {
	due, next, err := w.Ledger.DuePages(ctx, w.Via, w.Now(), batch)
	if err != nil {
		return time.Time{}, err
	}
	var sending errgroup.Group
	for _, p := range due {
		sending.Go(func() error { return w.deliver(ctx, p.ID) })
	}
	if err := sending.Wait(); err != nil {
		return time.Time{}, err
	}
	if len(due) > 0 {
		return w.Now(), nil // there may be more, and a postponed one may be due earlier than next
	}
	return next, nil
}

// deliver sends one page, unless another worker does or it is no longer needed. It only fails if the page cannot be claimed;
// then nothing is sent.
func (w *Worker) deliver(ctx context.Context, id string) error {
	log := w.Log.With(zap.String("page", id), zap.Stringer("via", w))
	now := w.Now()
	claim, ok, err := w.Ledger.ClaimPage(ctx, id, now, now.Add(lease))
	if err != nil || !ok {
		return err
	}
	// From here on a shutdown waits: a page sent halfway is worse than a late stop.
	ctx = context.WithoutCancel(ctx)
	receipt, err := w.send(ctx, claim)
	if err == nil {
		log.Info("page sent", zap.String("receipt", receipt))
		w.report(ctx, log, id, incident.PageDelivered, receipt)
		return nil
	}
	failure := asFailure(err)
	again := w.Now().Add(max(pauseAfter(claim.Attempts), failure.After))
	if !failure.Temporary || !again.Before(claim.Page.Until) {
		log.Error("page given up", zap.Int("attempts", claim.Attempts), zap.Error(err))
		w.report(ctx, log, id, incident.PageFailed, err.Error())
		return nil
	}
	log.Warn("page not sent, will retry", zap.Int("attempts", claim.Attempts), zap.Time("again", again), zap.Error(err))
	if err := w.Ledger.PostponePage(ctx, id, again, failure.Unsure, err.Error()); err != nil {
		log.Error("page not postponed; its lease will end", zap.Error(err))
	}
	return nil
}

func (w *Worker) send(ctx context.Context, claim Claim) (receipt string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	n := Notice{Page: claim.Page}
	if n.Incident, err = w.Ledger.Incident(ctx, claim.Page.Incident); err != nil {
		return "", &Failure{Cause: fmt.Errorf("read incident of the page: %w", err), Temporary: true, Unsure: claim.Unsure}
	}
	n.Incident.Title = redact.Text(n.Incident.Title) // the labels that it is made of are kept as they came
	if n.Contact, err = w.contact(claim.Page); err != nil {
		return "", &Failure{Cause: err}
	}
	if finder, ok := w.Sender.(Finder); ok && claim.Unsure {
		receipt, found, err := finder.Find(ctx, n)
		if err != nil {
			return "", &Failure{Cause: fmt.Errorf("find out whether the page was sent: %w", err), Temporary: true, Unsure: true}
		}
		if found {
			return receipt, nil
		}
	}
	return w.Sender.Send(ctx, n)
}

func (w *Worker) contact(p incident.Page) (oncall.Contact, error) {
	contact, ok := w.Directory.ByID(p.Contact)
	if !ok {
		return oncall.Contact{}, fmt.Errorf("%s is not in the contact table any more", p.Contact)
	}
	return contact, nil
}

// report stores the outcome and tries again while the store fails, because a page that was sent must not be sent again. If it
// does not succeed in time, the next worker asks the provider, or sends the page again, when the lease ends.
func (w *Worker) report(ctx context.Context, log *zap.Logger, id string, state incident.PageState, detail string) {
	ctx, cancel := context.WithTimeout(ctx, lease-sendLimit)
	defer cancel()
	record := func() (struct{}, error) { return struct{}{}, w.Outcomes.PageOutcome(ctx, id, state, detail) }
	pauses := &backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, Multiplier: 2, MaxInterval: 2 * time.Second}
	_, err := backoff.Retry(ctx, record, backoff.WithBackOff(pauses), backoff.WithNotify(func(err error, _ time.Duration) {
		log.Error("outcome of page not recorded, trying again", zap.Error(err))
	}))
	if err != nil {
		log.Error("outcome of page not recorded", zap.Error(err))
	}
}

func asFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Cause: err, Temporary: true, Unsure: true}
}

// pauseAfter doubles with every attempt. The first attempt is 1.
func pauseAfter(attempts int) time.Duration {
	return min(firstPause<<min(max(attempts-1, 0), 10), lastPause)
}
