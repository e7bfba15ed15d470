package deliver

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"
)

// recordDelivery records where the message is in Slack. The page ledger is told before the outbox: after a crash in between, the row is
// still in flight, the message is found again and the ledger is told again.
func (w *Worker) recordDelivery(ctx context.Context, s *sending, at posted) *failure {
	if f := w.attach(ctx, s, at); f != nil && f.remedy == unknownOutcome && w.unknown.times(s.row) >= poisonAfter {
		w.Log.Error("files not attached", logKey(s.row), zap.String("cause", f.Error()))
	} else if f != nil {
		f.begun = s.edit.ts == "" // next time the message is found and only the files are added
		return f
	}
	if s.row.PageID != "" && s.row.SentVersion == 0 {
		w.reportPage(ctx, s.row, true, nil)
	}
	if s.closedCode != "" && w.ChannelClosed != nil {
		w.storeWithRetry(ctx, s.row, "tell of the closed channel", func() error { return w.ChannelClosed(ctx, s.closedChannel, s.closedCode) })
	}
	w.storeWithRetry(ctx, s.row, "record delivery", func() error {
		return w.Outbox.Done(ctx, s.row.ID, at.version, at.channel, at.ts, w.Now())
	})
	return nil
}

func (w *Worker) reportPage(ctx context.Context, row Row, delivered bool, cause error) {
	if w.Page == nil {
		return
	}
	w.storeWithRetry(ctx, row, "record page", func() error { return w.Page(ctx, row.PageID, delivered, cause) })
}

// storeWithRetry repeats record until it succeeds or ctx ends: a busy database must not make opsbot forget what Slack shows. After a
// restart the row is in flight and the message is found.
func (w *Worker) storeWithRetry(ctx context.Context, row Row, what string, record func() error) {
	doubling := &backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, Multiplier: 2, MaxInterval: 2 * time.Second}
	_, _ = backoff.Retry(ctx, func() (struct{}, error) {
		err := record()
		if err != nil {
			w.Log.Error("cannot "+what, logKey(row), zap.Error(err))
		}
		return struct{}{}, err
	}, backoff.WithBackOff(doubling), backoff.WithMaxElapsedTime(0))
}

// recordFailure records a failure in the outbox and returns until when the row's channel has to wait.
func (w *Worker) recordFailure(ctx context.Context, row Row, f *failure) (hold time.Time, stored bool) {
	if isFinal(f) {
		w.unknown.forget(row)
		return time.Time{}, w.discard(ctx, row, f)
	}
	unknownTimes := 0
	if f.remedy == unknownOutcome {
		unknownTimes = w.unknown.add(row)
	}
	again := w.Now().Add(max(w.retryDelay(f, row.Attempts), poisonPause(unknownTimes)))
	if unknownTimes < poisonAfter && f.code != codeUnknown { // an incident does not wait for who reads along
		hold = again
	}
	w.reportFailure(ctx, row, f, unknownTimes)
	// An edit may simply be repeated; a post whose outcome is unknown may not.
	if err := w.Outbox.Retry(ctx, row.ID, again, row.InFlight || f.begun, f.Error()); err != nil {
		w.Log.Error("outbox unavailable", logKey(row), zap.Error(err))
		return again, false
	}
	return hold, true
}

// reportFailure logs a failure that will be tried again. If that may take long, it also tells the page ledger, which then goes on to
// the next channel or person.
func (w *Worker) reportFailure(ctx context.Context, row Row, f *failure, unknownTimes int) {
	fields := []zap.Field{logKey(row), zap.Int("attempts", row.Attempts+1), zap.String("cause", f.Error())}
	tell := false
	switch {
	case f.remedy == needsAdmin:
		w.Log.Error("Slack refuses this app", fields...)
		tell = row.Attempts == 0
	case unknownTimes >= poisonAfter:
		w.Log.Error("message cannot be sent; others go on without it", fields...)
		tell = unknownTimes == poisonAfter
	default:
		w.Log.Warn("message not sent, will retry", fields...)
	}
	if tell && row.PageID != "" && row.SentVersion == 0 {
		w.reportPage(ctx, row, false, f)
	}
}

func (w *Worker) discard(ctx context.Context, row Row, f *failure) (stored bool) {
	if f.remedy == cancelled { // whoever took it back has told the page ledger
		w.Log.Info("message taken back", logKey(row))
	} else {
		w.Log.Error("message given up", logKey(row), zap.String("cause", f.Error()))
		if row.PageID != "" && row.SentVersion == 0 {
			w.reportPage(ctx, row, false, f)
		}
	}
	if err := w.Outbox.Fail(ctx, row.ID, row.Version, f.Error(), w.Now()); err != nil {
		w.Log.Error("outbox unavailable", logKey(row), zap.Error(err))
		return false
	}
	return true
}

// finalize decides what becomes of a message that could not be delivered by any remedy.
func (w *Worker) finalize(ctx context.Context, s *sending, f *failure) *failure {
	switch f.remedy {
	case repostRoot:
		if s.row.ReplyTo == "" {
			return f
		}
		if err := w.Outbox.Gone(ctx, s.row.ReplyTo, s.row.RootTS); err != nil {
			return &failure{remedy: retry, code: "outbox", err: err}
		}
		return &failure{remedy: retry, code: f.code, err: f.err}
	case join, divert:
		// The person who asked, or was paged, has been told another way. All other messages belong to the incident and wait.
		if s.row.PageID == "" && s.row.Requester == "" {
			return &failure{remedy: parked, code: f.code, err: f.err}
		}
	}
	return f
}

// isFinal reports whether trying the row again is pointless: its remedies are used up or there are none.
func isFinal(f *failure) bool {
	switch f.remedy {
	case retry, unknownOutcome, throttled, needsAdmin, parked:
		return false
	default:
		return true
	}
}
