package workspace

import (
	"net/http"
	"slices"
	"time"
)

// FaultKind is what goes wrong with a call.
type FaultKind string

const (
	// FaultRateLimit answers 429; After is the Retry-After, default 1 s.
	FaultRateLimit FaultKind = "rate_limit"
	// FaultServerError answers 500 without doing anything.
	FaultServerError FaultKind = "http_5xx"
	// FaultAcceptThenTimeout does what was asked and then cuts the
	// connection: the caller cannot know (SF-6.19).
	FaultAcceptThenTimeout FaultKind = "accept_then_timeout"
	// FaultDelay answers After later than usual.
	FaultDelay FaultKind = "delay"
	// FaultError answers ok:false with Code.
	FaultError FaultKind = "error"
)

// Fault is something that goes wrong with the next N calls.
type Fault struct {
	Kind   FaultKind
	Method string // "" means any method except apps.connections.open and auth.test
	// Channel is the id of the only channel that it happens in; "" means any, and calls without one.
	Channel string
	N       int // 0 means 1
	After   time.Duration
	Code    string
}

// Faults are what goes wrong at present.
type Faults struct {
	queue       []*Fault
	Delay       time.Duration
	HalfOpen    bool
	Offline     bool
	LinkRefused bool
}

// Inject makes the next matching calls fail. Faults for one method are used up
// before faults for any method.
func (w *Workspace) Inject(f Fault) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.inject(f)
	w.PageFaults()
}

func (w *Workspace) inject(f Fault) {
	f.N = max(f.N, 1)
	w.Faults.queue = append(w.Faults.queue, &f)
}

// Take removes and returns the fault that the next call of method about channel
// meets.
func (f *Faults) Take(method, channel string) *Fault {
	find := func(of string) int {
		return slices.IndexFunc(f.queue, func(x *Fault) bool { return x.Method == of && (x.Channel == "" || x.Channel == channel) })
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

func (f *Faults) pending(kind FaultKind) int {
	n := 0
	for _, x := range f.queue {
		if x.Kind == kind {
			n += x.N
		}
	}
	return n
}

// SetPending makes n the number of calls of any method that meet the fault.
func (w *Workspace) SetPending(kind FaultKind, n int) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.Faults.queue = slices.DeleteFunc(w.Faults.queue, func(f *Fault) bool { return f.Kind == kind && f.Method == "" })
	if n > 0 {
		w.inject(Fault{Kind: kind, N: n})
	}
	w.PageFaults()
}

// SetDelay delays every API call by d.
func (w *Workspace) SetDelay(d time.Duration) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.Faults.Delay = d
	w.PageFaults()
}

// SetArchived lets somebody archive a channel, given by name or id, or restore
// it.
func (w *Workspace) SetArchived(channel string, archived bool) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	ch := w.Conversation(channel)
	ch.Archived = archived
	w.Pages.Channel(ch)
}

// FaultsJSON is what the page shows of the faults.
func (w *Workspace) FaultsJSON() map[string]any {
	f := &w.Faults
	return obj{
		"delay_ms": f.Delay.Milliseconds(), "rate_limit": f.pending(FaultRateLimit), "http_5xx": f.pending(FaultServerError),
		"accept_then_timeout": f.pending(FaultAcceptThenTimeout), "half_open": f.HalfOpen, "offline": f.Offline,
	}
}

// PageFaults shows the faults on all pages.
func (w *Workspace) PageFaults() { w.Pages.Send("", obj{"type": "faults", "faults": w.FaultsJSON()}) }

// Sleep waits for d of the workspace's clock; false if the caller hung up.
func (w *Workspace) Sleep(r *http.Request, d time.Duration) bool {
	done := make(chan struct{})
	timer := w.Options.Clock.AfterFunc(d, func() { close(done) })
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
