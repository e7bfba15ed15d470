package deliver

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"opsbot/bot"
)

const (
	dueBatch    = 128  // rows read at a time
	dueBatchMax = 8192 // read when all of a batch wait for one channel's budget
	storePause  = time.Second
)

// Worker makes Slack agree with the outbox. It is level-triggered: it looks at what is due, sends, records, and looks again,
// so a crash at any point converges. One Worker runs per outbox.
type Worker struct {
	Config
	budget       *budget
	schedule     *schedule
	responseURLs *responseURLs
	uploads      *uploads
	unknown      *unknownOutcomes
	wake         chan struct{}
	done         chan outcome

	mu            sync.Mutex
	dms           map[string]string // user id → D… id
	lastAccepted  time.Time         // when Slack last accepted a message
	tablesAgainAt time.Time         // until then no message has Slack's own table
}

// outcome is what sending a row reports to the loop.
type outcome struct {
	row  Row
	hold time.Time
	// stored is false if the outbox could not be written; the loop then pauses instead of spinning on the same rows.
	stored bool
}

// New fills in the defaults.
func New(c Config) *Worker {
	if c.ChannelBurst == 0 {
		c.ChannelBurst = 3
	}
	if c.Width == 0 {
		c.Width = 8
	}
	if c.RepairPause == 0 {
		c.RepairPause = 30 * time.Second
	}
	b := newBudget(c.ChannelBurst)
	return &Worker{
		Config:       c,
		budget:       b,
		schedule:     newSchedule(b, c.Width),
		responseURLs: newResponseURLs(),
		uploads:      newUploads(),
		unknown:      newUnknownOutcomes(),
		wake:         make(chan struct{}, 1),
		done:         make(chan outcome, c.Width),
		dms:          map[string]string{},
	}
}

// Wake tells the Worker that the outbox has changed. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends. Requests in progress are finished and recorded first, so it returns up to bot.CallTimeout later.
func (w *Worker) Run(ctx context.Context) error {
	working := 0
	workers, abandon := bot.WithGracePeriod(ctx, bot.CallTimeout)
	defer func() {
		for ; working > 0; working-- {
			<-w.done
		}
		abandon()
	}()
	batch := dueBatch
	for {
		start, next, err := w.claimDue(ctx, &batch)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("read outbox", zap.Error(err))
			next = w.Now().Add(storePause)
		}
		for _, row := range start {
			working++
			go w.work(workers, row)
		}
		finished, err := w.waitForWork(ctx, next)
		working -= finished
		if err != nil {
			return err
		}
	}
}

// claimDue reads the outbox and claims the rows that can be sent now.
func (w *Worker) claimDue(ctx context.Context, batch *int) (start []Row, next time.Time, err error) {
	now := w.Now()
	due, later, err := w.Outbox.Due(ctx, now, *batch)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read due messages: %w", err)
	}
	start, next = w.schedule.pick(now, due)
	// A full batch with nothing to start may hide rows for other channels behind those of one busy channel.
	switch {
	case len(start) == 0 && len(due) == *batch && *batch < dueBatchMax && len(w.schedule.busy) < w.Width:
		*batch *= 2
		return w.claimDue(ctx, batch)
	case len(start) > 0:
		*batch = dueBatch
	}
	if next.IsZero() || (!later.IsZero() && later.Before(next)) {
		next = later
	}
	return start, next, nil
}

// waitForWork returns when there may be something to do again.
func (w *Worker) waitForWork(ctx context.Context, next time.Time) (finished int, err error) {
	var timer <-chan time.Time
	if !next.IsZero() {
		t := time.NewTimer(max(next.Sub(w.Now()), time.Millisecond))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-timer:
	case <-w.wake:
	case o := <-w.done:
		w.schedule.finish(o.row, o.hold)
		if !o.stored {
			bot.Pause(ctx, storePause)
		}
		return 1, nil
	}
	return 0, nil
}

func (w *Worker) work(ctx context.Context, row Row) {
	o := outcome{row: row, stored: true}
	defer func() { w.done <- o }()
	s := newSending(row)
	f := w.sendSafely(ctx, s)
	if f == nil {
		w.unknown.forget(row)
		return
	}
	o.hold, o.stored = w.recordFailure(ctx, s.row, f)
}

// LastAccepted is when Slack last accepted a message; zero before the first.
func (w *Worker) LastAccepted() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastAccepted
}

func (w *Worker) accepted() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastAccepted = w.Now()
}
