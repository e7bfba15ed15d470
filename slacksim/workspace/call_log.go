package workspace

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
	Flying int
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
func (w *Workspace) Calls(methods ...string) []Call {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if len(methods) == 0 {
		return w.CallLog.all()
	}
	wanted := map[string]bool{}
	for _, m := range methods {
		wanted[m] = true
	}
	var out []Call
	for _, c := range w.CallLog.all() {
		if wanted[c.Method] {
			out = append(out, c)
		}
	}
	return out
}

// CallCount is how often a method was called since the start.
func (w *Workspace) CallCount(method string) int {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return w.CallLog.total[method]
}

// BeginCall notes that a call is being answered.
func (w *Workspace) BeginCall() { w.CallLog.Flying++ }

// EndCall logs a call that was answered.
func (w *Workspace) EndCall(c Call) {
	now := w.Options.Clock.Now()
	c.Duration = now.Sub(c.Start)
	w.CallLog.Flying--
	w.CallLog.last = now
	w.CallLog.add(c)
	w.Waiters.Bump()
}
