package slacksim

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// pipeListener accepts in-memory connections. Pipes block on channels only,
// which a testing/synctest bubble can see; sockets of the kernel it cannot.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept returns the server end of the next dial.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and refuses further dials.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is a name that no resolver knows.
func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type pipeAddr struct{}

// Network is "pipe".
func (pipeAddr) Network() string { return "pipe" }

// String is the host that clients see in URLs.
func (pipeAddr) String() string { return "slacksim.local" }

// HTTPClient is a client for the Web API; needed with Options.InMemory.
func (w *Workspace) HTTPClient() *http.Client {
	if w.pipes == nil {
		return &http.Client{}
	}
	return &http.Client{Transport: &http.Transport{DialContext: w.dial}}
}

// Dialer is a dialer for socketmode.OptionDialer; needed with
// Options.InMemory.
func (w *Workspace) Dialer() *websocket.Dialer {
	if w.pipes == nil {
		return &websocket.Dialer{}
	}
	return &websocket.Dialer{NetDialContext: w.dial}
}

func (w *Workspace) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return w.pipes.dial(ctx)
}
