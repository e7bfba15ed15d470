package artifacts

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// idleLimit is how long a connection may stand still while something is expected of it: a limit for standing still, not for the whole,
// since nobody knows how long a large upload takes.
const idleLimit = time.Minute

// network is how a storage is reached.
type network struct {
	idle time.Duration
	// backoff is the longest pause before a request is tried again; 0 is the SDK's.
	backoff time.Duration
	// dial is nil for TCP.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func (n network) connect(ctx context.Context, protocol, address string) (net.Conn, error) {
	dial := n.dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	conn, err := dial(ctx, protocol, address)
	if err != nil {
		return nil, err
	}
	return &movingConn{Conn: conn, idle: n.idle}, nil
}

// movingConn fails when nothing has moved for a while, in either direction: an upload is read from only at its end.
type movingConn struct {
	net.Conn
	idle time.Duration
	// stalled is why the connection ended: net/http closes it then, and would report only that.
	stalled atomic.Bool
}

func (c *movingConn) Read(p []byte) (int, error) {
	if err := c.moved(); err != nil {
		return 0, c.explain(err)
	}
	n, err := c.Conn.Read(p)
	return n, c.explain(err)
}

func (c *movingConn) Write(p []byte) (int, error) {
	if err := c.moved(); err != nil {
		return 0, c.explain(err)
	}
	n, err := c.Conn.Write(p)
	if err == nil {
		err = c.moved()
	}
	return n, c.explain(err)
}

// moved also extends a Read or a Write that waits already.
func (c *movingConn) moved() error { return c.SetDeadline(time.Now().Add(c.idle)) }

func (c *movingConn) explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.stalled.Store(true)
	}
	if c.stalled.Load() {
		return stalledError{c.idle}
	}
	return err
}

// stalledError is a timeout.
type stalledError struct{ idle time.Duration }

func (e stalledError) Error() string { return "nothing moved for " + e.idle.String() }

// Timeout and Temporary implement net.Error, by which the SDK knows what to try again.
func (e stalledError) Timeout() bool   { return true }
func (e stalledError) Temporary() bool { return true }
