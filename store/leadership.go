package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// lostSenderPause is how long a message rests that a lost leader had begun to send: longer than that may have waited for the
// answer to its commit (8 s) and then for Slack (bot ends a request after 10 s). Looking for the message finds it by then.
const lostSenderPause = 20 * time.Second

// Lead runs work while this opsbot leads: one of several does what must be done once, such as delivery and deadlines. The context
// of work ends when another has taken over; Lead then waits for its turn again. It returns when ctx ends, or
// when work does by itself. With SQLite there is only one, and it always leads.
func (s *Store) Lead(ctx context.Context, work func(context.Context) error) error {
	if s.replica != nil {
		return s.replica.lead(ctx, work)
	}
	s.leading.Store(true)
	defer s.leading.Store(false)
	return work(ctx)
}

// Leading tells whether this opsbot leads.
func (s *Store) Leading() bool { return s.leading.Load() }

// Woken receives when another opsbot has stored something that the leader should look at. It is one channel for one
// reader; signals that come while one waits to be read are joined with it.
func (s *Store) Woken() <-chan struct{} { return s.woken }

// leader is the row of the table leadership.
type leader struct {
	term   int64
	holder string
}

func (r *replica) lead(ctx context.Context, work func(context.Context) error) error {
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
func (r *replica) rest(ctx context.Context, seen heartbeats) (heard heartbeats) {
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
func (r *replica) candidate(ctx context.Context, heard heartbeats) (term int64, err error) {
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
func (r *replica) look(ctx context.Context, seen heartbeats) (now leader, err error) {
	err = r.reads.row(ctx, `SELECT term, holder FROM leadership`, nil, &now.term, &now.holder)
	beats := map[string]int64{}
	if err == nil {
		err = r.reads.each(ctx, `SELECT id, beat FROM replicas`, nil, func(rows *sql.Rows) error {
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
		return leader{}, wrap("look at the other replicas", err)
	}
	seen.listen(beats, now.holder)
	return now, nil
}

// takeOver begins a new term, unless somebody else is faster. From here on the leader before cannot begin to send
// anything (fence); what it had begun rests until the outcome can be seen in Slack.
func (r *replica) takeOver(ctx context.Context, before leader, resigned bool) (term int64, err error) {
	err = r.write(ctx, "take over", func(t *tx) error {
		term = 0
		ok, err := t.change(`UPDATE leadership SET term = term + 1, holder = ? WHERE term = ? AND holder = ?`, r.id, before.term, before.holder)
		if err != nil || !ok {
			return err
		}
		if !resigned {
			until := nanos(r.now().Add(lostSenderPause))
			_, err = t.exec(`UPDATE outbox SET not_before = ? WHERE pending = 1 AND in_flight = 1 AND not_before < ?`, until, until)
		}
		term = before.term + 1
		return err
	})
	if err != nil {
		return 0, err
	}
	return term, nil
}

// hold runs work until it ends or another replica has taken over.
func (r *replica) hold(ctx context.Context, term int64, work func(context.Context) error) (lost bool, err error) {
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
// nobody else can take over then either, or whoever can makes this replica's term end.
func (r *replica) keep(ctx context.Context, term int64, ended chan error) (lost bool) {
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

// evict takes those off the list that are gone: what they ran is nobody's from now on (Abandoned).
func (r *replica) evict(ctx context.Context, seen heartbeats) error {
	for id := range seen {
		if id == r.id || seen.silent(id) < missedToEvict {
			continue
		}
		n, err := r.writes.exec(ctx, `DELETE FROM replicas WHERE id = ? AND beat = ?`, id, seen[id].beat)
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
func (r *replica) resign(ctx context.Context, term int64) {
	_, err := r.writes.exec(ctx, `UPDATE leadership SET holder = '' WHERE term = ?`, term)
	if err == nil {
		err = r.notify(ctx, noneLeads)
	}
	if err != nil {
		r.log.Warn("the other replicas were not told that this one does not lead any more", zap.Error(err))
	}
}

// fence refuses whoever leads no more. It waits for a takeover that is under way, and a takeover for it: what is begun
// behind a fence is either seen by the next leader, or not begun.
func (s *Store) fence(t *tx) error {
	if s.replica == nil {
		return nil
	}
	var term int64
	if err := t.row(`SELECT term FROM leadership FOR SHARE`, nil, &term); err != nil {
		return err
	}
	if own := s.replica.term.Load(); term != own {
		return fmt.Errorf("term %d, own term %d: %w", term, own, ErrSuperseded)
	}
	return nil
}

// heartbeats is how often in a row each replica's beat was found unchanged. It compares no clocks.
type heartbeats map[string]struct {
	beat  int64
	looks int
}

// listen takes in the beats that were found. A holder that is not on the list is as silent as one that does not beat.
func (p heartbeats) listen(beats map[string]int64, holder string) {
	if _, ok := beats[holder]; !ok {
		beats[holder] = -1
	}
	for id := range p {
		if _, ok := beats[id]; !ok {
			delete(p, id)
		}
	}
	for id, beat := range beats {
		last, known := p[id]
		if !known || last.beat != beat {
			last.looks = 0
		} else {
			last.looks++
		}
		last.beat = beat
		p[id] = last
	}
}

func (p heartbeats) silent(id string) int { return p[id].looks }
