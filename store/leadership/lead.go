package leadership

import (
	"context"
	"database/sql"
	"time"

	"opsbot/store/sqldb"

	"go.uber.org/zap"
)

// leader is the row of the table leadership.
type leader struct {
	term   int64
	holder string
}

// Lead runs work while this replica leads. The context of work ends when another has taken over; Lead then waits for its
// turn again. It returns when ctx ends, or when work does by itself.
func (r *Replica) Lead(ctx context.Context, work func(context.Context) error) error {
	seen := heartbeats{}
	throttle := logThrottle{log: r.log, text: "cannot see who leads"}
	for heard := seen; ; heard = r.rest(ctx, seen) {
		term, err := r.candidate(ctx, heard)
		throttle.report(ctx, err)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case term > 0:
			if lost, err := r.hold(ctx, term, work); !lost {
				return err
			}
			clear(seen)
		}
	}
}

// rest waits for the next beat, or until another replica says that it leads no more. A look between two beats does not count
// as one in which a beat was missed.
func (r *Replica) rest(ctx context.Context, seen heartbeats) (heard heartbeats) {
	timer := time.NewTimer(r.every)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		return seen
	case <-r.nudge:
	}
	return heartbeats{}
}

// candidate looks at the leader and takes over from one that is silent or has resigned. term is 0 when there is another.
func (r *Replica) candidate(ctx context.Context, heard heartbeats) (term int64, err error) {
	now, err := r.look(ctx, heard)
	if err != nil {
		return 0, err
	}
	resigned := now.holder == "" || now.holder == r.id
	if !resigned && heard.silent(now.holder) < missedToLose {
		return 0, nil
	}
	term, err = r.takeOver(ctx, now, resigned)
	if term > 0 {
		r.log.Info("this replica leads", zap.Int64("term", term), zap.String("replica", r.id), zap.String("before", now.holder))
	}
	return term, err
}

// look reads who leads and listens to everybody's beats.
func (r *Replica) look(ctx context.Context, seen heartbeats) (now leader, err error) {
	err = r.db.Reads.Row(ctx, `SELECT term, holder FROM leadership`, nil, &now.term, &now.holder)
	beats := map[string]int64{}
	if err == nil {
		err = r.db.Reads.Each(ctx, `SELECT id, beat FROM replicas`, nil, func(rows *sql.Rows) error {
			var (
				id   string
				beat int64
			)
			err := rows.Scan(&id, &beat)
			beats[id] = beat
			return err
		})
	}
	if err != nil {
		clear(seen) // who is cut off itself must not think that the others are silent
		return leader{}, sqldb.Wrap("look at the other replicas", err)
	}
	seen.listen(beats, now.holder)
	return now, nil
}

// takeOver begins a new term, unless somebody else is faster. From here on the leader before cannot begin to send
// anything (Fence); what becomes of what it had begun is Options.Succeed's to say.
func (r *Replica) takeOver(ctx context.Context, before leader, resigned bool) (term int64, err error) {
	err = r.db.Write(ctx, func(t *sqldb.Tx) error {
		term = 0
		ok, err := t.Change(`UPDATE leadership SET term = term + 1, holder = ? WHERE term = ? AND holder = ?`, r.id, before.term, before.holder)
		if err != nil || !ok {
			return err
		}
		if !resigned {
			err = r.succeed(t)
		}
		term = before.term + 1
		return err
	})
	if err != nil {
		return 0, sqldb.Wrap("take over", err)
	}
	return term, nil
}
