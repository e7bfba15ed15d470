package store

import (
	"context"
	"errors"
	"time"

	"opsbot/escalation/incident"
	"opsbot/store/sqldb"
)

// tx is a transaction with what the tables have in common.
type tx struct {
	*sqldb.Tx
	store *Store
}

func (s *Store) write(ctx context.Context, action string, do func(*tx) error) error {
	return wrap(action, s.db.Write(ctx, func(t *sqldb.Tx) error { return do(&tx{t, s}) }))
}

// committed tells those that wait for it.
func (s *Store) committed() {
	if s.replica != nil {
		s.replica.TellLeader()
	}
}

// outboxChanged tells delivery; it joins with a signal that was not received yet.
func (s *Store) outboxChanged() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// wrap says what was tried, and what the trouble is, in the words of the database and in those of the store's users.
func wrap(action string, err error) error {
	err = sqldb.Wrap(action, err)
	if errors.Is(err, sqldb.ErrRefused) {
		return refusedError{err}
	}
	return err
}

// refusedError is data that the database does not take, as escalation knows it.
type refusedError struct{ error }

// Is makes it escalation's ErrRefused.
func (e refusedError) Is(target error) bool { return target == incident.ErrRefused }

// Unwrap returns what the database says.
func (e refusedError) Unwrap() error { return e.error }

// nanos is how times are stored: 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
