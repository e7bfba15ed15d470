// Package cable is a TCP connection to a server that tests can cut: it forwards what comes in on a port of its own.
package cable

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
)

// Cable forwards connections to a server until it is cut. Its methods are safe for concurrent use.
type Cable struct {
	listener net.Listener
	to       string

	pairs sync.WaitGroup

	mu     sync.Mutex
	change *sync.Cond
	cut    bool
	frozen bool
	ends   map[net.Conn]bool
}

// New lays a cable to the address of a server on loopback, for as long as the test runs.
func New(t testing.TB, to string) *Cable {
	t.Helper()
	c, err := Lay(to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Lay lays a cable to the address of a server on loopback, until Close.
func Lay(to string) (*Cable, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lay cable to %s: %w", to, err)
	}
	c := &Cable{listener: listener, to: to, ends: map[net.Conn]bool{}}
	c.change = sync.NewCond(&c.mu)
	c.pairs.Go(c.accept)
	return c, nil
}

// Close takes the cable up: every connection breaks, and there is nothing to connect to any more.
func (c *Cable) Close() {
	c.listener.Close()
	c.Cut()
	c.pairs.Wait()
}

// Addr is where to connect to.
func (c *Cable) Addr() string { return c.listener.Addr().String() }

// Cut breaks every connection and refuses new ones.
func (c *Cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	c.change.Broadcast()
	for end := range c.ends {
		end.Close()
	}
}

// Freeze leaves connections as they are, but nothing gets through any more: what the other side sees of a machine that
// has lost its power.
func (c *Cable) Freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

// Mend lets everything through again.
func (c *Cable) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut, c.frozen = false, false
	c.change.Broadcast()
}

func (c *Cable) accept() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.pairs.Go(func() { c.connect(near) })
	}
}

func (c *Cable) connect(near net.Conn) {
	defer near.Close()
	if !c.hold(near) {
		return
	}
	defer c.drop(near)
	var dialer net.Dialer
	far, err := dialer.DialContext(context.Background(), "tcp", c.to)
	if err != nil {
		return
	}
	defer far.Close()
	if !c.hold(far) {
		return
	}
	defer c.drop(far)
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			c.forward(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done
	near.Close()
	far.Close()
	<-done
}

// forward ends when either side does, and then so does the pair.
func (c *Cable) forward(to io.Writer, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		c.awaitThaw()
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (c *Cable) awaitThaw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.frozen && !c.cut {
		c.change.Wait()
	}
}

// hold remembers an end of a connection; false when the cable is cut.
func (c *Cable) hold(end net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		c.ends[end] = true
	}
	return !c.cut
}

func (c *Cable) drop(end net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ends, end)
}
