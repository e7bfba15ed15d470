package paging

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

const (
	// sendLimit bounds one try. The lease is longer, so that a page whose courier died is taken over, but never one that is
	// still being sent.
	sendLimit = 20 * time.Second
	lease     = time.Minute
	// batch is how many pages of a channel are sent at once.
	batch = 8
	// idle is the longest pause: another replica may have decided on a page, or died with one.
	idle = 5 * time.Second

	firstPause = 2 * time.Second
	lastPause  = time.Minute
)

// Courier sends the pages of one channel. Run makes it work; several couriers of one channel, also in other processes,
// share the work.
type Courier struct {
	Via       oncall.Via
	Pager     Pager
	Ledger    Ledger
	Outcomes  Outcomes
	Directory oncall.Directory
	Now       func() time.Time
	Log       *zap.Logger

	once sync.Once
	wake chan struct{}
}

// Wake makes Run look at the ledger now.
func (c *Courier) Wake() {
	select {
	case c.woken() <- struct{}{}:
	default:
	}
}

func (c *Courier) woken() chan struct{} {
	c.once.Do(func() { c.wake = make(chan struct{}, 1) })
	return c.wake
}

// Run works until ctx ends, and then until what is being sent has been sent.
func (c *Courier) Run(ctx context.Context) error {
	for {
		next, err := c.round(ctx)
		wait := idle
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			c.Log.Error("courier cannot use the page ledger, trying again", zap.Stringer("via", c), zap.Error(err))
		case !next.IsZero():
			wait = min(idle, max(next.Sub(c.Now()), 0))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-c.woken():
		}
		timer.Stop()
	}
}

func (c *Courier) String() string { return string(c.Via) }

// round sends what is due and returns when there is more to do.
func (c *Courier) round(ctx context.Context) (next time.Time, err error) {
	due, next, err := c.Ledger.DuePages(ctx, c.Via, c.Now(), batch)
	if err != nil {
		return time.Time{}, err
	}
	var sending errgroup.Group
	for _, p := range due {
		sending.Go(func() error { return c.deliver(ctx, p.ID) })
	}
	if err := sending.Wait(); err != nil {
		return time.Time{}, err
	}
	if len(due) > 0 {
		return c.Now(), nil // there may be more, and a postponed one may be due earlier than next
	}
	return next, nil
}

// deliver sends one page, unless somebody else does or nobody needs it any more. Its only error is that of a claim: then
// nothing is sent, and the store needs a rest.
func (c *Courier) deliver(ctx context.Context, id string) error {
	log := c.Log.With(zap.String("page", id), zap.Stringer("via", c))
	now := c.Now()
	claim, ok, err := c.Ledger.ClaimPage(ctx, id, now, now.Add(lease))
	if err != nil || !ok {
		return err
	}
	// From here on a stop waits: half a page is worse than a late stop.
	ctx = context.WithoutCancel(ctx)
	receipt, err := c.send(ctx, claim)
	if err == nil {
		log.Info("page sent", zap.String("receipt", receipt))
		c.report(ctx, log, id, incident.PageDelivered, receipt)
		return nil
	}
	failure := asFailure(err)
	again := c.Now().Add(max(pauseAfter(claim.Attempts), failure.After))
	if !failure.Temporary || !again.Before(claim.Page.Until) {
		log.Error("page given up", zap.Int("attempts", claim.Attempts), zap.Error(err))
		c.report(ctx, log, id, incident.PageFailed, err.Error())
		return nil
	}
	log.Warn("page not sent, will retry", zap.Int("attempts", claim.Attempts), zap.Time("again", again), zap.Error(err))
	if err := c.Ledger.PostponePage(ctx, id, again, failure.Unsure, err.Error()); err != nil {
		log.Error("page not postponed; its lease will end", zap.Error(err))
	}
	return nil
}

func (c *Courier) send(ctx context.Context, claim Claim) (receipt string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	n := Notice{Page: claim.Page}
	if n.Incident, err = c.Ledger.Incident(ctx, claim.Page.Incident); err != nil {
		return "", &Failure{Cause: fmt.Errorf("read incident of the page: %w", err), Temporary: true, Unsure: claim.Unsure}
	}
	if n.Contact, err = c.contact(claim.Page); err != nil {
		return "", &Failure{Cause: err}
	}
	if finder, ok := c.Pager.(Finder); ok && claim.Unsure {
		receipt, found, err := finder.Find(ctx, n)
		if err != nil {
			return "", &Failure{Cause: fmt.Errorf("find out whether the page was sent: %w", err), Temporary: true, Unsure: true}
		}
		if found {
			return receipt, nil
		}
	}
	return c.Pager.Page(ctx, n)
}

func (c *Courier) contact(p incident.Page) (oncall.Contact, error) {
	contact, ok := c.Directory.ByID(p.Contact)
	if !ok {
		return oncall.Contact{}, fmt.Errorf("%s is not in the contact table any more", p.Contact)
	}
	return contact, nil
}

// report repeats itself while the store fails: what was sent must not be sent again. What is not reported in time is looked
// for at the provider, or sent again, when the lease ends.
func (c *Courier) report(ctx context.Context, log *zap.Logger, id string, state incident.PageState, detail string) {
	ctx, cancel := context.WithTimeout(ctx, lease-sendLimit)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := c.Outcomes.PageOutcome(ctx, id, state, detail)
		if err == nil {
			return
		}
		log.Error("outcome of page not recorded", zap.Error(err))
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func asFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Cause: err, Temporary: true, Unsure: true}
}

// pauseAfter doubles with every attempt, the first of which is 1.
func pauseAfter(attempts int) time.Duration {
	return min(firstPause<<min(max(attempts-1, 0), 10), lastPause)
}
