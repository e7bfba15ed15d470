package deliver

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"opsbot/messages"
)

// memoryOutbox keeps rows as the store does, in memory.
type memoryOutbox struct {
	mu     sync.Mutex
	now    func() time.Time
	wake   func()
	rows   []*memoryRow
	broken bool // every call fails
}

type memoryRow struct {
	Row
	notBefore time.Time
	failed    int64 // version given up
	cancelled bool
}

var errBroken = errors.New("database is locked")

func newMemoryOutbox(now func() time.Time) *memoryOutbox {
	return &memoryOutbox{now: now, wake: func() {}}
}

// put adds or replaces a message and wakes the deliverer.
func (o *memoryOutbox) put(m messages.Outbound) {
	o.mu.Lock()
	row := o.byKey(m.Key)
	if row == nil {
		row = &memoryRow{Row: Row{ID: int64(len(o.rows) + 1), CreatedAt: o.now()}}
		o.rows = append(o.rows, row)
	}
	row.Outbound = m
	row.Version++
	row.notBefore, row.cancelled = time.Time{}, false
	wake := o.wake
	o.mu.Unlock()
	wake()
}

// cancel takes a message back, as the store does: one that may be on its way is left to delivery to find out.
func (o *memoryOutbox) cancel(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.byKey(key); r.TS == "" {
		r.cancelled = true
	}
}

func (r *memoryRow) pending() bool {
	return r.SentVersion != r.Version && r.failed != r.Version && (!r.cancelled || r.InFlight)
}

func (o *memoryOutbox) byKey(key string) *memoryRow {
	for _, r := range o.rows {
		if r.Key == key {
			return r
		}
	}
	return nil
}

// row returns a copy of the row with that key.
func (o *memoryOutbox) row(key string) Row {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.byKey(key); r != nil {
		return r.Row
	}
	return Row{}
}

// settled reports whether every message is shown in its newest version or given up.
func (o *memoryOutbox) settled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !slices.ContainsFunc(o.rows, (*memoryRow).pending)
}

func (o *memoryOutbox) failedRows() (keys []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.rows {
		if r.failed == r.Version {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

func (o *memoryOutbox) setBroken(broken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = broken
}

func (o *memoryOutbox) Due(_ context.Context, now time.Time, limit int) (due []Row, next time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return nil, time.Time{}, errBroken
	}
	for _, r := range o.rows {
		row := r.Row
		if row.ReplyTo != "" {
			root := o.byKey(row.ReplyTo)
			if root == nil || root.TS == "" {
				continue
			}
			row.RootChannel, row.RootTS = root.PostedChannel, root.TS
		}
		switch {
		case !r.pending():
		case r.notBefore.After(now):
			if next.IsZero() || r.notBefore.Before(next) {
				next = r.notBefore
			}
		default:
			due = append(due, row)
		}
	}
	slices.SortStableFunc(due, func(a, b Row) int { return cmp.Compare(a.Lane, b.Lane) })
	return due[:min(limit, len(due))], next, nil
}

func (o *memoryOutbox) change(id int64, f func(r *memoryRow)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return errBroken
	}
	f(o.rows[id-1])
	return nil
}

func (o *memoryOutbox) Begin(_ context.Context, id, _ int64, _ time.Time) error {
	cancelled := false
	err := o.change(id, func(r *memoryRow) {
		cancelled = r.cancelled && r.TS == ""
		r.InFlight = r.InFlight || !cancelled
	})
	if cancelled {
		return ErrCancelled
	}
	return err
}

func (o *memoryOutbox) Done(_ context.Context, id, version int64, channel, ts string, _ time.Time) error {
	return o.change(id, func(r *memoryRow) {
		r.SentVersion, r.PostedChannel, r.TS, r.InFlight, r.Attempts = version, channel, ts, false, 0
	})
}

func (o *memoryOutbox) Retry(_ context.Context, id int64, notBefore time.Time, inFlight bool, cause string) error {
	return o.change(id, func(r *memoryRow) {
		r.notBefore, r.InFlight, r.LastError = notBefore, inFlight, cause
		r.Attempts++
	})
}

func (o *memoryOutbox) Fail(_ context.Context, id, version int64, cause string, _ time.Time) error {
	return o.change(id, func(r *memoryRow) { r.failed, r.LastError, r.InFlight = version, cause, false })
}

func (o *memoryOutbox) Elsewhere(_ context.Context, id int64, files Elsewhere) error {
	return o.change(id, func(r *memoryRow) { r.Row.Elsewhere = files })
}

func (o *memoryOutbox) Gone(_ context.Context, key, ts string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.byKey(key); r.TS == ts {
		r.TS, r.PostedChannel, r.SentVersion, r.notBefore = "", "", 0, time.Time{}
	}
	return nil
}
