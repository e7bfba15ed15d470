package bot

import (
	"context"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"
)

const (
	backoffMin   = 500 * time.Millisecond
	backoffMax   = 10 * time.Second
	unclearPause = 2 * time.Second // a post that we gave up waiting for may still appear
)

// settle records that the message stands at. The page ledger is told before the outbox: if we die in between, the row is
// still in flight, the message is found again and the ledger is told again.
func (d *Deliverer) settle(ctx context.Context, s *sending, at posted) *failure {
	if f := d.attach(ctx, s, at); f != nil && f.remedy == unclear && d.unclear.times(s.row) >= strayAfter {
		d.Log.Error("files not attached", logKey(s.row), zap.String("cause", f.Error()))
	} else if f != nil {
		f.begun = s.edit.ts == "" // next time the message is found and only the files are added
		return f
	}
	if s.row.PageID != "" && s.row.SentVersion == 0 {
		d.tellPage(ctx, s.row, true, nil)
	}
	if s.closed != "" && d.Closed != nil {
		d.persist(ctx, s.row, "tell of the closed channel", func() error { return d.Closed(ctx, s.from, s.closed) })
	}
	d.persist(ctx, s.row, "record delivery", func() error {
		return d.Outbox.Done(ctx, s.row.ID, at.version, at.channel, at.ts, d.Now())
	})
	return nil
}

// recordFailure tells the outbox and says how long the row's channel has to wait for it.
func (d *Deliverer) recordFailure(ctx context.Context, row Row, f *failure) (hold time.Time, stored bool) {
	if final(f) {
		d.unclear.forget(row)
		return time.Time{}, d.giveUp(ctx, row, f)
	}
	unclearTimes := 0
	if f.remedy == unclear {
		unclearTimes = d.unclear.add(row)
	}
	again := d.Now().Add(max(d.restFor(f, row.Attempts), strayPause(unclearTimes)))
	if unclearTimes < strayAfter {
		hold = again
	}
	d.reportFailure(ctx, row, f, unclearTimes)
	// An edit may simply be repeated; a post whose outcome is unknown may not.
	if err := d.Outbox.Retry(ctx, row.ID, again, row.InFlight || f.begun, f.Error()); err != nil {
		d.Log.Error("outbox unavailable", logKey(row), zap.Error(err))
		return again, false
	}
	return hold, true
}

// reportFailure says what will be tried again. The page ledger is told where that may take long, so that it can go on
// to the next channel or person.
func (d *Deliverer) reportFailure(ctx context.Context, row Row, f *failure, unclearTimes int) {
	fields := []zap.Field{logKey(row), zap.Int("attempts", row.Attempts+1), zap.String("cause", f.Error())}
	tell := false
	switch {
	case f.remedy == repair:
		d.Log.Error("Slack refuses this app", fields...)
		tell = row.Attempts == 0
	case unclearTimes >= strayAfter:
		d.Log.Error("message cannot be sent; others go on without it", fields...)
		tell = unclearTimes == strayAfter
	default:
		d.Log.Warn("message not sent, will retry", fields...)
	}
	if tell && row.PageID != "" && row.SentVersion == 0 {
		d.tellPage(ctx, row, false, f)
	}
}

// resign decides what becomes of a message that no remedy has brought into Slack.
func (d *Deliverer) resign(ctx context.Context, s *sending, f *failure) *failure {
	switch f.remedy {
	case reroot:
		if s.row.ReplyTo == "" {
			return f
		}
		if err := d.Outbox.Gone(ctx, s.row.ReplyTo, s.row.RootTS); err != nil {
			return &failure{remedy: retry, code: "outbox", err: err}
		}
		return &failure{remedy: retry, code: f.code, err: f.err}
	case join, divert:
		// Whoever asked, or was to be paged, has been told otherwise. Anything else is the incident's face.
		if s.row.PageID == "" && s.row.Requester == "" {
			return &failure{remedy: stay, code: f.code, err: f.err}
		}
	}
	return f
}

// final reports whether trying the row again is pointless: its remedies are used up or there are none.
func final(f *failure) bool {
	switch f.remedy {
	case retry, unclear, throttled, repair, stay:
		return false
	default:
		return true
	}
}

func (d *Deliverer) giveUp(ctx context.Context, row Row, f *failure) (stored bool) {
	if f.remedy == withdraw { // whoever took it back has told the page ledger
		d.Log.Info("message taken back", logKey(row))
	} else {
		d.Log.Error("message given up", logKey(row), zap.String("cause", f.Error()))
		if row.PageID != "" && row.SentVersion == 0 {
			d.tellPage(ctx, row, false, f)
		}
	}
	if err := d.Outbox.Fail(ctx, row.ID, row.Version, f.Error(), d.Now()); err != nil {
		d.Log.Error("outbox unavailable", logKey(row), zap.Error(err))
		return false
	}
	return true
}

func (d *Deliverer) tellPage(ctx context.Context, row Row, delivered bool, cause error) {
	if d.Page == nil {
		return
	}
	d.persist(ctx, row, "record page", func() error { return d.Page(ctx, row.PageID, delivered, cause) })
}

// persist repeats record until it succeeds or the shutdown's grace ends: what Slack shows must not be forgotten over a
// busy database. After a restart the row is in flight and gets found.
func (d *Deliverer) persist(ctx context.Context, row Row, what string, record func() error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := record()
		if err == nil {
			return
		}
		d.Log.Error("cannot "+what, logKey(row), zap.Error(err))
		if !pause(ctx, wait) {
			return
		}
	}
}

// restFor is how long a row rests after f, its attempts-th failure (from 0).
func (d *Deliverer) restFor(f *failure, attempts int) time.Duration {
	if f.remedy == repair || f.remedy == stay {
		return d.RepairPause
	}
	return waitFor(f, attempts)
}

// waitFor is restFor for what needs no person.
func waitFor(f *failure, attempts int) time.Duration {
	if f.remedy == throttled {
		return f.after
	}
	wait := min(backoffMin<<min(attempts, 10), backoffMax)
	if f.remedy == unclear {
		wait = max(wait, unclearPause)
	}
	return wait + rand.N(wait/5)
}
