package store

import (
	"context"
	"time"

	"opsbot/store/sqldb"
)

// lostSenderPause is how long a message waits whose sending a lost leader had begun. The lost leader may have waited up to 8 s for
// the answer to its commit and then up to 10 s for Slack (bot ends a request after that). After the pause, a search in
// Slack finds the message if it was sent.
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

// fence fails when this opsbot does not lead any more.
func (s *Store) fence(t *tx) error {
	if s.replica == nil {
		return nil
	}
	return s.replica.Fence(t.Tx)
}

// succeed is run by a new leader when the one before fell silent: messages that it had begun to send wait until their
// outcome can be seen in Slack.
func (s *Store) succeed(t *sqldb.Tx) error {
	until := nanos(s.now().Add(lostSenderPause))
	_, err := t.Exec(`UPDATE outbox SET not_before = ? WHERE pending = 1 AND in_flight = 1 AND not_before < ?`, until, until)
	return err
}
