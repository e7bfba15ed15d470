// Package cable is a TCP connection to a server that tests can cut: it forwards what comes in on a port of its own.
package cable

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
)

// Cable forwards connections to a server until it is cut. Its methods are safe for concurrent use.
type Cable struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	cut   bool
	ends  map[net.Conn]bool
	pairs sync.WaitGroup
}

// New lays a cable to the address of a server on loopback, for as long as the test runs.
func New(t testing.TB, to string) *Cable {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cable{listener: listener, to: to, ends: map[net.Conn]bool{}}
	c.pairs.Go(c.accept)
	t.Cleanup(func() {
		listener.Close()
		c.Cut()
		c.pairs.Wait()
	})
	return c
}

// Addr is where to connect to.
func (c *Cable) Addr() string { return c.listener.Addr().String() }

// Cut breaks every connection and refuses new ones.
func (c *Cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for end := range c.ends {
		end.Close()
	}
}

// Mend lets connections through again.
func (c *Cable) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
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
			_, _ = io.Copy(way[0], way[1]) // it ends when either side does, and then so does the pair
			done <- struct{}{}
		}()
	}
	<-done
	near.Close()
	far.Close()
	<-done
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
