package socketmode

import "opsbot/slacksim/workspace"

// ClearFaults switches every fault off.
func (w *Server) ClearFaults() {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.Faults = workspace.Faults{}
	for s := range w.open {
		s.halfOpen = false
	}
	w.PageFaults()
}

// SetOffline makes Slack unreachable: sockets drop, calls are cut.
func (w *Server) SetOffline(offline bool) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.Faults.Offline = offline
	if offline {
		w.dropAll()
	}
	w.PageFaults()
}

// SetHalfOpen stops pings and payloads on the sockets that are open now while
// TCP stays up (SF-1.33). Sockets opened later work. SetHalfOpen(false) revives
// those that the app has not given up.
func (w *Server) SetHalfOpen(on bool) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.Faults.HalfOpen = on
	for s := range w.open {
		s.halfOpen = on
	}
	for _, f := range w.flights.flying {
		f.lost = f.lost || on
	}
	w.PageFaults()
}

// DropSockets cuts every socket without a word.
func (w *Server) DropSockets() {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.dropAll()
}

// Disconnect sends every socket a disconnect frame with one of the reasons of
// SF-1.52. All but "warning" are followed by the close.
func (w *Server) Disconnect(reason string) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	for _, s := range w.list() {
		s.disconnect(reason)
	}
}

// SetLinkDisabled switches Socket Mode off in the app's settings: every open
// and later socket is told link_disabled (SF-1.52).
func (w *Server) SetLinkDisabled(disabled bool) {
	w.Mu.Lock()
	w.Faults.LinkRefused = disabled
	w.Mu.Unlock()
	if disabled {
		w.Disconnect("link_disabled")
	}
}
