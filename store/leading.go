package store

import (
	"context"
	"time"

	"opsbot/store/sqldb"
)

// lostSenderPause is how long a message rests that a lost leader had begun to send: longer than that may have waited for the
// answer to its commit (8 s) and then for Slack (bot ends a request after 10 s). Looking for the message finds it by then.
const lostSenderPause = 20 * time.Second

// Lead runs work while this opsbot leads: one of several does what must be done once, such as delivery and deadlines. The context
// of work ends when another has taken over; Lead then waits for its turn again. It returns when ctx ends, or
// when work does by itself. With SQLite there is only one, and it always leads.
func (s *Store) Lead(ctx context.Context, work func(context.Context) error) error {
	if s.replica != nil {
		return s.replica.Lead(ctx, work)
	}
	s.leading.Store(true)
	defer s.leading.Store(false)
	return work(ctx)
}

// Leading tells whether this opsbot leads.
func (s *Store) Leading() bool {
	if s.replica != nil {
		return s.replica.Leading()
	}
	return s.leading.Load()
}

// Woken receives when another opsbot has stored something that the leader should look at. It is one channel for one
// reader; signals that come while one waits to be read are joined with it. With SQLite it never does.
func (s *Store) Woken() <-chan struct{} {
	if s.replica == nil {
		return nil
	}
	return s.replica.Woken()
}

// fence refuses whoever leads no more.
func (s *Store) fence(t *tx) error {
	if s.replica == nil {
		return nil
	}
	return s.replica.Fence(t.Tx)
}

// succeed lets what a leader had begun to send, that fell silent, rest until the outcome can be seen in Slack.
func (s *Store) succeed(t *sqldb.Tx) error {
	until := nanos(s.now().Add(lostSenderPause))
	_, err := t.Exec(`UPDATE outbox SET not_before = ? WHERE pending = 1 AND in_flight = 1 AND not_before < ?`, until, until)
	return err
}
