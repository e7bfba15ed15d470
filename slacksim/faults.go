package slacksim

import (
	"net/http"
	"slices"
	"time"
)

// FaultKind is what goes wrong with a call.
type faultKind string

const (
	// faultRateLimit answers 429; After is the Retry-After, default 1 s.
	faultRateLimit faultKind = "rate_limit"
	// faultServerError answers 500 without doing anything.
	faultServerError faultKind = "http_5xx"
	// faultAcceptThenTimeout does what was asked and then cuts the
	// connection: the caller cannot know (SF-6.19).
	faultAcceptThenTimeout faultKind = "accept_then_timeout"
	// faultDelay answers After later than usual.
	faultDelay faultKind = "delay"
	// faultError answers ok:false with Code.
	faultError faultKind = "error"
)

// Fault is something that goes wrong with the next N calls.
type fault struct {
	Kind   faultKind
	Method string // "" means any method except apps.connections.open and auth.test
	// Channel is the id of the only channel that it happens in; "" means any, and calls without one.
	Channel string
	N       int // 0 means 1
	After   time.Duration
	Code    string
}

type faults struct {
	queue       []*fault
	delay       time.Duration
	halfOpen    bool
	offline     bool
	linkRefused bool
}

// Inject makes the next matching calls fail. Faults for one method are used up
// before faults for any method.
func (w *core) Inject(f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inject(f)
	w.pageFaults()
}

func (w *core) inject(f fault) {
	f.N = max(f.N, 1)
	w.faults.queue = append(w.faults.queue, &f)
}

// take removes and returns the fault that the next call of method about channel
// meets.
func (f *faults) take(method, channel string) *fault {
	find := func(of string) int {
		return slices.IndexFunc(f.queue, func(x *fault) bool { return x.Method == of && (x.Channel == "" || x.Channel == channel) })
	}
	match := find(method)
	if match < 0 && method != "apps.connections.open" && method != "auth.test" {
		match = find("")
	}
	if match < 0 {
		return nil
	}
	fault := f.queue[match]
	fault.N--
	if fault.N == 0 {
		f.queue = slices.Delete(f.queue, match, match+1)
	}
	return fault
}

func (f *faults) pending(kind faultKind) int {
	n := 0
	for _, x := range f.queue {
		if x.Kind == kind {
			n += x.N
		}
	}
	return n
}

// setPending makes n the number of calls of any method that meet the fault.
func (w *core) setPending(kind faultKind, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults.queue = slices.DeleteFunc(w.faults.queue, func(f *fault) bool { return f.Kind == kind && f.Method == "" })
	if n > 0 {
		w.inject(fault{Kind: kind, N: n})
	}
	w.pageFaults()
}

// SetDelay delays every API call by d.
func (w *core) SetDelay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults.delay = d
	w.pageFaults()
}

// SetArchived lets somebody archive a channel, given by name or id, or restore
// it.
func (w *core) SetArchived(channel string, archived bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := w.conversation(channel)
	ch.archived = archived
	w.pages.Channel(ch)
}

func (w *core) faultsJSON() obj {
	f := &w.faults
	return obj{
		"delay_ms": f.delay.Milliseconds(), "rate_limit": f.pending(faultRateLimit), "http_5xx": f.pending(faultServerError),
		"accept_then_timeout": f.pending(faultAcceptThenTimeout), "half_open": f.halfOpen, "offline": f.offline,
	}
}

func (w *core) pageFaults() { w.pages.Send("", obj{"type": "faults", "faults": w.faultsJSON()}) }

// sleep waits for d of the workspace's clock; false if the caller hung up.
func (w *core) sleep(r *http.Request, d time.Duration) bool {
	done := make(chan struct{})
	timer := w.opts.Clock.AfterFunc(d, func() { close(done) })
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-r.Context().Done():
		return false
	case <-w.ctx.Done():
		return false
	}
}
