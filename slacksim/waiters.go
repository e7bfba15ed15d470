package slacksim

import "time"

// waiters are the goroutines that wait for something to happen.
type waiters struct {
	messages map[*messageWaiter]struct{}
	changed  chan struct{} // closed and replaced on everything that is not a message
	last     time.Time     // real time of the latest change
}

type messageWaiter struct {
	match func(c *channel, m *message) bool
	found chan message
}

func (ws *waiters) init() {
	ws.messages = map[*messageWaiter]struct{}{}
	ws.changed = make(chan struct{})
	ws.last = time.Now()
}

// bump wakes those who wait for anything but a message.
func (ws *waiters) bump() {
	ws.last = time.Now()
	close(ws.changed)
	ws.changed = make(chan struct{})
}

// message offers a new or changed message to those who wait for one.
func (ws *waiters) message(c *channel, m *message) {
	ws.last = time.Now()
	for x := range ws.messages {
		if x.match(c, m) {
			x.found <- m.snapshot()
			delete(ws.messages, x)
		}
	}
}
