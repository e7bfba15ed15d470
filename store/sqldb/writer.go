package sqldb

import "context"

// writer makes changes durable, as DB.Write promises.
type writer interface {
	write(ctx context.Context, do func(*Tx) error) error
	// close ends what write has begun; further writes fail with ErrClosed.
	close()
}

// noWriter is that of a database that is open for reading.
type noWriter struct{}

func (noWriter) write(context.Context, func(*Tx) error) error { return ErrClosed }
func (noWriter) close()                                       {}
