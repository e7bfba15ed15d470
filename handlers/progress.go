package handlers

import (
	"context"
	"sync"
	"time"

	"opsbot/messages"
)

// The first progress is shown only when a run lasts: a quick answer should not be preceded by a message about waiting.
// Later reports are at least progressEvery apart; delivery coalesces what is still too much for Slack (SF-5.5).
const (
	progressAfter = 700 * time.Millisecond
	progressEvery = time.Second
)

// reporter edits a call's message while it runs.
type reporter struct {
	mu      sync.Mutex
	show    func(done, total int, what messages.Text)
	pending *report
	timer   *time.Timer
	stopped bool
}

type report struct {
	done, total int
	what        messages.Text
}

// progress starts reporting for a running call.
func (d *Dispatcher) progress(ctx context.Context, r Record) *reporter {
	p := &reporter{pending: &report{what: messages.New("call.working")}}
	p.show = func(done, total int, what messages.Text) {
		d.put(ctx, d.answer(r, progressCard(r, done, total, what, d.Now().Sub(r.StartedAt))))
	}
	p.mu.Lock()
	defer p.mu.Unlock() // flush must not run before it has its timer
	p.timer = time.AfterFunc(progressAfter, p.flush)
	return p
}

// Report implements k8sops.Progress. It never blocks on Slack.
func (p *reporter) Report(done, total int, what messages.Text) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = &report{done, total, what}
}

// flush shows the newest report and comes back later.
func (p *reporter) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	if p.pending != nil {
		p.show(p.pending.done, p.pending.total, p.pending.what)
		p.pending = nil
	}
	p.timer.Reset(progressEvery)
}

// stop ends reporting; after it returns no report can overwrite the result.
func (p *reporter) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.timer.Stop()
}
