package deliver

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// recordFailure tells the outbox and says how long the row's channel has to wait for it.
func (d *Worker) recordFailure(ctx context.Context, row Row, f *failure) (hold time.Time, stored bool) {
	if isFinal(f) {
		d.unknown.forget(row)
		return time.Time{}, d.giveUp(ctx, row, f)
	}
	unclearTimes := 0
	if f.remedy == unknownOutcome {
		unclearTimes = d.unknown.add(row)
	}
	again := d.Now().Add(max(d.retryDelay(f, row.Attempts), poisonPause(unclearTimes)))
	if unclearTimes < poisonAfter {
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
func (d *Worker) reportFailure(ctx context.Context, row Row, f *failure, unclearTimes int) {
	fields := []zap.Field{logKey(row), zap.Int("attempts", row.Attempts+1), zap.String("cause", f.Error())}
	tell := false
	switch {
	case f.remedy == needsAdmin:
		d.Log.Error("Slack refuses this app", fields...)
		tell = row.Attempts == 0
	case unclearTimes >= poisonAfter:
		d.Log.Error("message cannot be sent; others go on without it", fields...)
		tell = unclearTimes == poisonAfter
	default:
		d.Log.Warn("message not sent, will retry", fields...)
	}
	if tell && row.PageID != "" && row.SentVersion == 0 {
		d.reportPage(ctx, row, false, f)
	}
}

func (d *Worker) giveUp(ctx context.Context, row Row, f *failure) (stored bool) {
	if f.remedy == cancelled { // whoever took it back has told the page ledger
		d.Log.Info("message taken back", logKey(row))
	} else {
		d.Log.Error("message given up", logKey(row), zap.String("cause", f.Error()))
		if row.PageID != "" && row.SentVersion == 0 {
			d.reportPage(ctx, row, false, f)
		}
	}
	if err := d.Outbox.Fail(ctx, row.ID, row.Version, f.Error(), d.Now()); err != nil {
		d.Log.Error("outbox unavailable", logKey(row), zap.Error(err))
		return false
	}
	return true
}

// finalize decides what becomes of a message that no remedy has brought into Slack.
func (d *Worker) finalize(ctx context.Context, s *sending, f *failure) *failure {
	switch f.remedy {
	case repostRoot:
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
