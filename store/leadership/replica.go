package leadership

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"opsbot/store/sqldb"

	"go.uber.org/zap"
)

// How many beats of another replica may be missing, one after the other. Who leads must be found out quickly, and a
// mistake does no harm (see Fence). That a replica is gone is told to the people whose calls it ran.
const (
	missedToLose  = 5
	missedToEvict = 30
)

// Options are what a replica needs to know. ID and Succeed are required.
type Options struct {
	// ID is this opsbot among those that ever had the database.
	ID string
	// Beat is how often a replica shows that it lives; a second by default.
	Beat time.Duration
	// Succeed runs in the transaction in which this replica takes over from one that fell silent, which may have begun
	// something whose outcome it did not write down.
	Succeed func(*sqldb.Tx) error
	Log     *zap.Logger
}

// Replica is this opsbot among those that share a database. All methods are safe for concurrent use.
type Replica struct {
	db      *sqldb.DB
	id      string
	every   time.Duration // between two beats
	succeed func(*sqldb.Tx) error
	log     *zap.Logger

	leading atomic.Bool
	// term is that of the last leadership of this replica, 0 before the first.
	term atomic.Int64
	// nudge wakes a replica that waits to lead, tell the loop that notifies the leader of work, woken the leader's work.
	nudge, tell, woken chan struct{}
	// cutOff receives when this replica may be evicted, or was.
	cutOff chan struct{}

	stop  func()
	loops sync.WaitGroup
}

// Join makes this opsbot one of those that share the database, until Leave.
func Join(ctx context.Context, db *sqldb.DB, o Options) (*Replica, error) {
	r := &Replica{
		db: db, id: o.ID, every: cmp.Or(o.Beat, time.Second), succeed: o.Succeed, log: cmp.Or(o.Log, zap.NewNop()),
		nudge: make(chan struct{}, 1), tell: make(chan struct{}, 1), woken: make(chan struct{}, 1),
		cutOff: make(chan struct{}, 1),
	}
	if err := r.register(ctx); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	for _, loop := range []func(context.Context){r.beat, r.listen, r.nudgeOthers} {
		r.loops.Go(func() { loop(running) })
	}
	return r, nil
}

// Leading tells whether this replica leads.
func (r *Replica) Leading() bool { return r.leading.Load() }

// Woken receives when another replica has stored something that the leader should look at. It is one channel for one
// reader; signals that come while one waits to be read are joined with it.
func (r *Replica) Woken() <-chan struct{} { return r.woken }

// CutOff receives when this replica could not show for so long that it lives that another one may soon take over what it does,
// or when that has happened. It is one channel for one reader.
func (r *Replica) CutOff() <-chan struct{} { return r.cutOff }

func (r *Replica) register(ctx context.Context) error {
	_, err := r.db.Writes.Exec(ctx, `INSERT INTO replicas (id) VALUES (?) ON CONFLICT DO NOTHING`, r.id)
	return err
}

// Leave takes this replica off the list, so that the others need not wait for its heartbeats. An unreachable server does not
// keep it from stopping.
func (r *Replica) Leave() {
	r.stop()
	r.loops.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), sqldb.ConnectLimit)
	defer cancel()
	if _, err := r.db.Writes.Exec(ctx, `DELETE FROM replicas WHERE id = ?`, r.id); err != nil {
		r.log.Warn("other replicas were not told that this one stops", zap.Error(err))
	}
}

// beat shows the others that this replica lives.
func (r *Replica) beat(ctx context.Context) {
	throttle := logThrottle{log: r.log, text: "this replica could not store its heartbeat"}
	ticker := time.NewTicker(r.every)
	defer ticker.Stop()
	missed := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := r.beatOnce(ctx)
		throttle.report(ctx, err)
		if missed++; err == nil {
			missed = 0
		}
		// Well before the others have missed enough beats to evict this replica.
		if missed == missedToEvict/2 {
			signal(r.cutOff)
		}
	}
}

func (r *Replica) beatOnce(ctx context.Context) error {
	n, err := r.db.Writes.Exec(ctx, `UPDATE replicas SET beat = beat + 1 WHERE id = ?`, r.id)
	if err != nil || n == 1 {
		return err
	}
	r.log.Warn("this replica was taken for dead: it was cut off from the database for too long")
	signal(r.cutOff)
	return r.register(ctx)
}
