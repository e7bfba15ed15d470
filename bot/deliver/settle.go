package deliver

import (
	"context"
	"time"

	"opsbot/bot"

	"go.uber.org/zap"
)

// settle records that the message stands at. The page ledger is told before the outbox: if we die in between, the row is
// still in flight, the message is found again and the ledger is told again.
func (d *Worker) settle(ctx context.Context, s *sending, at posted) *failure {
	if f := d.attach(ctx, s, at); f != nil && f.remedy == unknownOutcome && d.unknown.times(s.row) >= poisonAfter {
		d.Log.Error("files not attached", logKey(s.row), zap.String("cause", f.Error()))
	} else if f != nil {
		f.begun = s.edit.ts == "" // next time the message is found and only the files are added
		return f
	}
	if s.row.PageID != "" && s.row.SentVersion == 0 {
		d.reportPage(ctx, s.row, true, nil)
	}
	if s.closedCode != "" && d.Closed != nil {
		d.storeWithRetry(ctx, s.row, "tell of the closed channel", func() error { return d.Closed(ctx, s.closedChannel, s.closedCode) })
	}
	d.storeWithRetry(ctx, s.row, "record delivery", func() error {
		return d.Outbox.Done(ctx, s.row.ID, at.version, at.channel, at.ts, d.Now())
	})
	return nil
}

func (d *Worker) reportPage(ctx context.Context, row Row, delivered bool, cause error) {
	if d.Page == nil {
		return
	}
	d.storeWithRetry(ctx, row, "record page", func() error { return d.Page(ctx, row.PageID, delivered, cause) })
}

// storeWithRetry repeats record until it succeeds or the shutdown's grace ends: what Slack shows must not be forgotten over a
// busy database. After a restart the row is in flight and gets found.
func (d *Worker) storeWithRetry(ctx context.Context, row Row, what string, record func() error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := record()
		if err == nil {
			return
		}
		d.Log.Error("cannot "+what, logKey(row), zap.Error(err))
		if !bot.Pause(ctx, wait) {
			return
		}
	}
}
