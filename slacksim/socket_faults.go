package slacksim

// ClearFaults switches every fault off.
func (w *Sockets) ClearFaults() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = faults{}
	for s := range w.open {
		s.halfOpen = false
	}
	w.pageFaults()
}

// SetOffline makes Slack unreachable: sockets drop, calls are cut.
func (w *Sockets) SetOffline(offline bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults.offline = offline
	if offline {
		w.dropAll()
	}
	w.pageFaults()
}

// SetHalfOpen stops pings and payloads on the sockets that are open now while
// TCP stays up (SF-1.33). Sockets opened later work. SetHalfOpen(false) revives
// those that the app has not given up.
func (w *Sockets) SetHalfOpen(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults.halfOpen = on
	for s := range w.open {
		s.halfOpen = on
	}
	for _, f := range w.flights.flying {
		f.lost = f.lost || on
	}
	w.pageFaults()
}

// DropSockets cuts every socket without a word.
func (w *Sockets) DropSockets() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropAll()
}

// Disconnect sends every socket a disconnect frame with one of the reasons of
// SF-1.52. All but "warning" are followed by the close.
func (w *Sockets) Disconnect(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.list() {
		s.disconnect(reason)
	}
}

// SetLinkDisabled switches Socket Mode off in the app's settings: every open
// and later socket is told link_disabled (SF-1.52).
func (w *Sockets) SetLinkDisabled(disabled bool) {
	w.mu.Lock()
	w.faults.linkRefused = disabled
	w.mu.Unlock()
	if disabled {
		w.Disconnect("link_disabled")
	}
}
