package slacksim

import (
	"context"
	"fmt"
	"time"
)

// WaitMessage returns the oldest message that all matchers accept, waiting for
// it to be posted or edited into shape if there is none yet.
func (w *Workspace) WaitMessage(ctx context.Context, match ...Match) (Message, error) {
	x := &messageWaiter{match: func(c *channel, m *Message) bool { return matches(w, c, m, match) }, found: make(chan Message, 1)}
	w.mu.Lock()
	if m := w.findMessage(match); m != nil {
		defer w.mu.Unlock()
		return m.snapshot(), nil
	}
	w.waiters.messages[x] = struct{}{}
	w.mu.Unlock()
	select {
	case m := <-x.found:
		return m, nil
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.waiters.messages, x)
		return Message{}, fmt.Errorf("wait for a message: %w; %s", context.Cause(ctx), w.recent())
	}
}

func (w *Workspace) findMessage(match []Match) *Message {
	var found *Message
	for _, c := range w.channels.list {
		for _, m := range c.all() {
			if (found == nil || m.TS < found.TS) && matches(w, c, m, match) {
				found = m
			}
		}
	}
	return found
}

// recent describes the latest messages, for the error of a wait in vain.
func (w *Workspace) recent() string {
	const shown = 8
	var all []*Message
	for _, c := range w.channels.list {
		all = append(all, c.all()...)
	}
	sortMessages(all)
	text := fmt.Sprintf("the last of %d messages:", len(all))
	for _, m := range all[max(0, len(all)-shown):] {
		text += fmt.Sprintf("\n  %s %s", w.channelLabel(w.channels.byID[m.Channel]), m.summary())
	}
	return text
}

// WaitIdle waits until no call is being answered, no payload awaits its ack
// and nothing has changed for quiet (real time).
func (w *Workspace) WaitIdle(ctx context.Context, quiet time.Duration) error {
	for {
		w.mu.Lock()
		busy := w.callLog.flying > 0 || w.inFlight() > 0
		left := quiet - time.Since(w.waiters.last)
		changed := w.waiters.changed
		w.mu.Unlock()
		if !busy && left <= 0 {
			return nil
		}
		timer := time.NewTimer(max(left, time.Millisecond))
		if busy {
			timer.Stop()
		}
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for the workspace to be idle: %w", context.Cause(ctx))
		}
		timer.Stop()
	}
}

// until waits until get returns something.
func until[T any](ctx context.Context, w *Workspace, what string, get func() (T, bool)) (T, error) {
	for {
		w.mu.Lock()
		v, ok := get()
		changed := w.waiters.changed
		w.mu.Unlock()
		if ok {
			return v, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return v, fmt.Errorf("wait for %s: %w", what, context.Cause(ctx))
		}
	}
}
