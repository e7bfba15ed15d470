package leadership

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opsbot/store/sqldb"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
)

// What is sent by NOTIFY: there is work for the leader, or none leads.
const (
	channel     = "opsbot"
	thereIsWork = "work"
	noneLeads   = "resigned"
	// notifyPause joins the notifications of a storm.
	notifyPause = 5 * time.Millisecond
)

// TellLeader tells the leader that there may be work for it. It does not wait: notifications are sent after the commit
// and many in one, because a transaction that notifies makes all others like it wait for its commit.
func (r *Replica) TellLeader() {
	if !r.leading.Load() {
		signal(r.tell)
	}
}

func (r *Replica) nudgeOthers(ctx context.Context) {
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

func (r *Replica) notify(ctx context.Context, what string) error {
	_, err := r.db.Writes.Exec(ctx, `SELECT pg_notify(?, ?)`, channel, what)
	return err
}

// listen wakes what waits for other replicas.
func (r *Replica) listen(ctx context.Context) {
	throttle := logThrottle{log: r.log, text: "notifications of other replicas are missed"}
	for ctx.Err() == nil {
		throttle.report(ctx, r.listenOnce(ctx, &throttle))
		select {
		case <-ctx.Done():
		case <-time.After(r.every):
		}
	}
}

func (r *Replica) listenOnce(ctx context.Context, throttle *logThrottle) error {
	conn, err := r.db.Connect(ctx)
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
func (r *Replica) awaitNotification(ctx context.Context, conn *pgx.Conn) (what string, err error) {
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
		asking, cancel := context.WithTimeout(ctx, sqldb.ConnectLimit)
		err = conn.Ping(asking)
		cancel()
		if err != nil {
			return "", err
		}
	}
}

// signal joins with a signal that was not received yet.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
