package slacksim

import (
	"context"
	"fmt"
	"time"

	"opsbot/slacksim/workspace"
)

// WaitMessage returns the oldest message that all matchers accept, waiting for
// it to be posted or edited into shape if there is none yet.
func (w *Workspace) WaitMessage(ctx context.Context, match ...Match) (Message, error) {
	x := &workspace.MessageWaiter{Match: func(c *workspace.Channel, m *Message) bool { return matches(w, c, m, match) }, Found: make(chan Message, 1)}
	w.Mu.Lock()
	if m := w.findMessage(match); m != nil {
		defer w.Mu.Unlock()
		return m.Snapshot(), nil
	}
	w.Waiters.Messages[x] = struct{}{}
	w.Mu.Unlock()
	select {
	case m := <-x.Found:
		return m, nil
	case <-ctx.Done():
		w.Mu.Lock()
		defer w.Mu.Unlock()
		delete(w.Waiters.Messages, x)
		return Message{}, fmt.Errorf("wait for a message: %w; %s", context.Cause(ctx), w.recent())
	}
}

func (w *Workspace) findMessage(match []Match) *Message {
	var found *Message
	for _, c := range w.Channels.List {
		for _, m := range c.All() {
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
	for _, c := range w.Channels.List {
		all = append(all, c.All()...)
	}
	workspace.SortMessages(all)
	text := fmt.Sprintf("the last of %d messages:", len(all))
	for _, m := range all[max(0, len(all)-shown):] {
		text += fmt.Sprintf("\n  %s %s", w.ChannelLabel(w.Channels.ByID[m.Channel]), m.Summary())
	}
	return text
}

// WaitIdle waits until no call is being answered, no payload awaits its ack
// and nothing has changed for quiet (real time).
func (w *Workspace) WaitIdle(ctx context.Context, quiet time.Duration) error {
	for {
		w.Mu.Lock()
		busy := w.CallLog.Flying > 0 || w.InFlight() > 0
		left := quiet - time.Since(w.Waiters.Last)
		changed := w.Waiters.Changed
		w.Mu.Unlock()
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
		w.Mu.Lock()
		v, ok := get()
		changed := w.Waiters.Changed
		w.Mu.Unlock()
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
