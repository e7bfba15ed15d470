package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Record is the audit record of which checkpoints are made.
type Record interface {
	// AuditHead is the last row, the zero Row where there is none. Its Event may be missing.
	AuditHead(ctx context.Context) (Row, error)
	AuditRows(ctx context.Context, after int64, limit int) ([]Row, error)
}

// Place keeps checkpoints outside the database.
type Place interface {
	Keep(ctx context.Context, c Checkpoint) error
}

// Checkpointer makes checkpoints of a record that has grown. Each one is a line of the log, and goes to the places.
type Checkpointer struct {
	Record Record
	Keys   Keys
	Places []Place
	// Archive is asked, once, for the last checkpoint of an earlier run: the record must still hold what it says. May be nil.
	Archive *Archive
	Now     func() time.Time
	Log     *zap.Logger

	mu      sync.Mutex
	resumed bool
	last    Checkpoint
}

// ErrRewritten is a record that is not the one of the last checkpoint any more.
var ErrRewritten = errors.New("the audit record was cut or rewritten")

// Run makes a checkpoint at once and then as often, until ctx ends.
func (k *Checkpointer) Run(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := k.Make(ctx); err != nil && ctx.Err() == nil {
			k.Log.Error("no audit checkpoint", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Make makes a checkpoint if the record has grown since the last one. A place that fails keeps it neither from the log nor from the others; it gets
// the next one. No checkpoint is made of a record that was cut or rewritten: ErrRewritten.
func (k *Checkpointer) Make(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	head, err := k.Record.AuditHead(ctx)
	if err != nil {
		return err
	}
	unknown := k.resume(ctx)
	if err := k.holds(ctx, head); err != nil {
		return err
	}
	if head.Hash == k.last.Head {
		return unknown
	}
	c := NewCheckpoint(head, k.Now(), k.Keys)
	k.Log.Info("audit checkpoint", zap.Any("checkpoint", c))
	failed := []error{unknown}
	for _, place := range k.Places {
		failed = append(failed, place.Keep(ctx, c))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	k.last = c
	return nil
}

// resume makes the newest checkpoint of the archive the last one. One that cannot be believed is reported, and the record goes on from there.
func (k *Checkpointer) resume(ctx context.Context) error {
	if k.Archive == nil || k.resumed {
		return nil
	}
	c, ok, err := k.Archive.Newest(ctx)
	if err != nil {
		return err
	}
	k.resumed = true
	if !ok {
		return nil
	}
	if err := c.Check(k.Keys); err != nil {
		return fmt.Errorf("the newest checkpoint, of %s, cannot be believed: %w", c.At.Format(time.RFC3339), err)
	}
	k.last = c
	return nil
}

// holds tells whether the record still has the row of the last checkpoint.
func (k *Checkpointer) holds(ctx context.Context, head Row) error {
	if k.last.Rows == 0 {
		return nil
	}
	if head.Seq < k.last.Rows {
		return fmt.Errorf("%w: it has %d rows, and had %d at %s", ErrRewritten, head.Seq, k.last.Rows, k.last.At.Format(time.RFC3339))
	}
	rows, err := k.Record.AuditRows(ctx, k.last.Rows-1, 1)
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].Seq != k.last.Rows || rows[0].Hash != k.last.Head {
		return fmt.Errorf("%w: row %d is not the one of %s", ErrRewritten, k.last.Rows, k.last.At.Format(time.RFC3339))
	}
	return nil
}
