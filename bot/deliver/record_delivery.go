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
