package workspace

import "time"

// waiters are the goroutines that wait for something to happen.
type waiters struct {
	Messages map[*MessageWaiter]struct{}
	Changed  chan struct{} // closed and replaced on everything that is not a message
	Last     time.Time     // real time of the latest change
}

// MessageWaiter waits for a message that Match accepts.
type MessageWaiter struct {
	Match func(c *Channel, m *Message) bool
	Found chan Message
}

func (ws *waiters) init() {
	ws.Messages = map[*MessageWaiter]struct{}{}
	ws.Changed = make(chan struct{})
	ws.Last = time.Now()
}

// Bump wakes those who wait for anything but a message.
func (ws *waiters) Bump() {
	ws.Last = time.Now()
	close(ws.Changed)
	ws.Changed = make(chan struct{})
}

// message offers a new or changed message to those who wait for one.
func (ws *waiters) message(c *Channel, m *Message) {
	ws.Last = time.Now()
	for x := range ws.Messages {
		if x.Match(c, m) {
			x.Found <- m.Snapshot()
			delete(ws.Messages, x)
		}
	}
}
