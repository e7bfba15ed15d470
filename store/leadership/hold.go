package leadership

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opsbot/store/sqldb"

	"go.uber.org/zap"
)

// ErrSuperseded is returned to a former leader after another opsbot took over.
var ErrSuperseded = errors.New("another opsbot has taken over")

// hold runs work until it ends or another replica has taken over.
func (r *Replica) hold(ctx context.Context, term int64, work func(context.Context) error) (lost bool, err error) {
	r.term.Store(term)
	r.leading.Store(true)
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- work(working) }()
	lost = r.keep(working, term, ended)
	stop()
	err = <-ended
	r.leading.Store(false)
	if lost {
		r.log.Warn("another replica leads", zap.Int64("term", term))
	} else {
		r.resign(context.WithoutCancel(ctx), term)
	}
	return lost, err
}

// keep watches until ctx or work ends, or leadership is lost. A database that cannot be reached is no reason to stop:
// either nobody else can reach it, or another replica takes over, and Fence refuses this one.
func (r *Replica) keep(ctx context.Context, term int64, ended chan error) (lost bool) {
	ticker := time.NewTicker(r.every)
	defer ticker.Stop()
	seen := heartbeats{}
	for {
		select {
		case <-ctx.Done():
			return false
		case err := <-ended:
			ended <- err
			return false
		case <-ticker.C:
		}
		now, err := r.look(ctx, seen)
		if err != nil {
			continue
		}
		if now.term != term {
			return true
		}
		if err := r.evict(ctx, seen); err != nil && ctx.Err() == nil {
			r.log.Warn("replicas that are gone stay on the list", zap.Error(err))
		}
		signal(r.woken) // a notification may have been lost with its sender
	}
}

// evict removes replicas that are gone from the list. The calls that they ran count as abandoned from then on.
func (r *Replica) evict(ctx context.Context, seen heartbeats) error {
	for id := range seen {
		if id == r.id || seen.silent(id) < missedToEvict {
			continue
		}
		n, err := r.db.Writes.Exec(ctx, `DELETE FROM replicas WHERE id = ? AND beat = ?`, id, seen[id].beat)
		if err != nil {
			return err
		}
		if n > 0 {
			r.log.Warn("a replica is gone; the calls it ran count as interrupted", zap.String("replica", id))
		}
		delete(seen, id)
	}
	return nil
}

// resign lets another replica lead at once.
func (r *Replica) resign(ctx context.Context, term int64) {
	_, err := r.db.Writes.Exec(ctx, `UPDATE leadership SET holder = '' WHERE term = ?`, term)
	if err == nil {
		err = r.notify(ctx, noneLeads)
	}
	if err != nil {
		r.log.Warn("the other replicas were not told that this one does not lead any more", zap.Error(err))
	}
}

// Fence fails when this replica does not lead any more. It waits for a takeover that is under way, and a takeover waits for it:
// what a transaction begins after Fence is either seen by the next leader, or not begun.
func (r *Replica) Fence(t *sqldb.Tx) error {
	var term int64
	if err := t.Row(`SELECT term FROM leadership FOR SHARE`, nil, &term); err != nil {
		return err
	}
	if own := r.term.Load(); term != own {
		return fmt.Errorf("term %d, own term %d: %w", term, own, ErrSuperseded)
	}
	return nil
}
