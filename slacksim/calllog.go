package slacksim

import (
	"time"
)

// Call is one Web API call or response_url post, as the server saw it.
type Call struct {
	Method   string            // such as chat.postMessage; "response_url" for hooks
	Args     map[string]string // without the token; JSON values as text
	Status   int               // HTTP status; 0 when the connection was cut
	Error    string            // Slack's error code, "" on success
	TS       string            // ts of the message that it made or changed
	Start    time.Time
	Duration time.Duration
}

// callLog is a ring of the latest calls and a count of all.
type callLog struct {
	ring   []Call
	next   int
	total  map[string]int
	flying int
	last   time.Time
}

func (l *callLog) init(size int) {
	l.ring = make([]Call, 0, size)
	l.total = map[string]int{}
}

func (l *callLog) add(c Call) {
	l.total[c.Method]++
	if len(l.ring) < cap(l.ring) {
		l.ring = append(l.ring, c)
		return
	}
	l.ring[l.next] = c
	l.next = (l.next + 1) % len(l.ring)
}

func (l *callLog) all() []Call {
	out := make([]Call, 0, len(l.ring))
	out = append(out, l.ring[l.next:]...)
	return append(out, l.ring[:l.next]...)
}

// Calls returns the latest API calls (Options.CallLog of them), oldest first.
// With methods given, only calls of those.
func (w *core) Calls(methods ...string) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(methods) == 0 {
		return w.callLog.all()
	}
	wanted := map[string]bool{}
	for _, m := range methods {
		wanted[m] = true
	}
	var out []Call
	for _, c := range w.callLog.all() {
		if wanted[c.Method] {
			out = append(out, c)
		}
	}
	return out
}

// CallCount is how often a method was called since the start.
func (w *core) CallCount(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.callLog.total[method]
}

// beginCall notes that a call is being answered.
func (w *core) beginCall() { w.callLog.flying++ }

// endCall logs a call that was answered.
func (w *core) endCall(c Call) {
	now := w.opts.Clock.Now()
	c.Duration = now.Sub(c.Start)
	w.callLog.flying--
	w.callLog.last = now
	w.callLog.add(c)
	w.waiters.bump()
}
