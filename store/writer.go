package store

import "context"

// writer makes changes durable. write runs do in a transaction and returns when that is on the disk. When ctx ends first
// the outcome is open: the change may still be made. do may be run again after it failed, so it must not keep what it
// computed anywhere but in variables that are read after success.
type writer interface {
	write(ctx context.Context, do func(*tx) error) error
	// close ends what write has begun; further writes fail with ErrClosed.
	close()
}

func (s *Store) write(ctx context.Context, action string, do func(*tx) error) error {
	return wrap(action, s.writer.write(ctx, do))
}

// written tells those that wait for it.
func (s *Store) written(put bool) {
	if put {
		signal(s.changed)
	}
	if s.replica != nil {
		s.replica.nudgeLeader()
	}
}

// signal joins with a signal that was not received yet.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// noWriter is that of a database that is open for reading.
type noWriter struct{}

func (noWriter) write(context.Context, func(*tx) error) error { return ErrClosed }
func (noWriter) close()                                       {}
