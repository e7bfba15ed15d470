package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
)

// How many beats of another replica may be missing, one after the other. Who leads must be found out quickly, and a
// mistake does no harm (see leadership.go). That a replica is gone is told to the people whose calls it ran.
const (
	missedToLose  = 5
	missedToEvict = 30
)

// replica is this opsbot among those that share a database.
type replica struct {
	*Store
	config *pgx.ConnConfig
	every  time.Duration // between two beats
	// term is that of the last leadership of this replica, 0 before the first.
	term atomic.Int64
	// nudge is received by whoever would lead, tell by the loop that tells others of work.
	nudge, tell chan struct{}
}

// join makes the store one of the replicas, until it is closed.
func (s *Store) join(ctx context.Context, config *pgx.ConnConfig, every time.Duration) error {
	r := &replica{Store: s, config: config, every: every, nudge: make(chan struct{}, 1), tell: make(chan struct{}, 1)}
	if err := r.register(ctx); err != nil {
		return err
	}
	s.replica = r
	running, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	for _, loop := range []func(context.Context){r.beat, r.listen, r.nudgeOthers} {
		loops.Go(func() { loop(running) })
	}
	s.onClose(func() error {
		cancel()
		loops.Wait()
		return r.leave()
	})
	return nil
}

func (r *replica) register(ctx context.Context) error {
	_, err := r.writes.exec(ctx, `INSERT INTO replicas (id) VALUES (?) ON CONFLICT DO NOTHING`, r.id)
	return err
}

// leave says good-bye, so that nobody waits for a sign of life. A server that is away is no reason not to stop.
func (r *replica) leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), connectLimit)
	defer cancel()
	if _, err := r.writes.exec(ctx, `DELETE FROM replicas WHERE id = ?`, r.id); err != nil {
		r.log.Warn("other replicas were not told that this one stops", zap.Error(err))
	}
	return nil
}

// beat shows the others that this replica lives.
func (r *replica) beat(ctx context.Context) {
	throttle := logThrottle{log: r.log, text: "no sign of life given to the other replicas"}
	ticker := time.NewTicker(r.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		throttle.report(ctx, r.beatOnce(ctx))
	}
}

func (r *replica) beatOnce(ctx context.Context) error {
	n, err := r.writes.exec(ctx, `UPDATE replicas SET beat = beat + 1 WHERE id = ?`, r.id)
	if err != nil || n == 1 {
		return err
	}
	r.log.Warn("this replica was taken for dead: it was cut off from the database for too long")
	return r.register(ctx)
}

// What is sent by NOTIFY: there is work for the leader, or none leads.
const (
	channel     = "opsbot"
	thereIsWork = "work"
	noneLeads   = "resigned"
	// notifyPause joins the notifications of a storm.
	notifyPause = 5 * time.Millisecond
)

// nudgeLeader tells the leader that there may be work for it. It does not wait: notifications are sent after the commit
// and many in one, because a transaction that notifies makes all others like it wait for its commit.
func (r *replica) nudgeLeader() {
	if !r.leading.Load() {
		signal(r.tell)
	}
}

func (r *replica) nudgeOthers(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.tell:
		}
		if err := r.notify(ctx, thereIsWork); err != nil && ctx.Err() == nil {
			r.log.Warn("the leader was not told of new work and will find it by itself", zap.Error(err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(notifyPause):
		}
	}
}

func (r *replica) notify(ctx context.Context, what string) error {
	_, err := r.writes.exec(ctx, `SELECT pg_notify(?, ?)`, channel, what)
	return err
}

// listen wakes what waits for other replicas.
func (r *replica) listen(ctx context.Context) {
	throttle := logThrottle{log: r.log, text: "notifications of other replicas are missed"}
	for ctx.Err() == nil {
		throttle.report(ctx, r.listenOnce(ctx, &throttle))
		select {
		case <-ctx.Done():
		case <-time.After(r.every):
		}
	}
}

func (r *replica) listenOnce(ctx context.Context, throttle *logThrottle) error {
	conn, err := pgx.ConnectConfig(ctx, r.config.Copy())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // nothing was asked that could be lost
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	throttle.report(ctx, nil)
	signal(r.woken) // for what was missed
	signal(r.nudge)
	for {
		what, err := r.awaitNotification(ctx, conn)
		switch {
		case err != nil:
			return err
		case what == noneLeads:
			signal(r.nudge)
		default:
			signal(r.woken)
		}
	}
}

// awaitNotification asks a silent server from time to time whether it is still there.
func (r *replica) awaitNotification(ctx context.Context, conn *pgx.Conn) (what string, err error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, 30*r.every)
		notification, err := conn.WaitForNotification(waiting)
		cancel()
		switch {
		case err == nil:
			return notification.Payload, nil
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return "", err
		}
		asking, cancel := context.WithTimeout(ctx, connectLimit)
		err = conn.Ping(asking)
		cancel()
		if err != nil {
			return "", err
		}
	}
}

// logThrottle logs the first of a row of errors and their end: a server that is away for an hour is one line, not thousands.
type logThrottle struct {
	log    *zap.Logger
	text   string
	logged bool
}

func (c *logThrottle) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // it is over anyway
	case err != nil && !c.logged:
		c.log.Warn(c.text, zap.Error(err))
	case err == nil && c.logged:
		c.log.Info("over: " + c.text)
	}
	c.logged = err != nil
}
