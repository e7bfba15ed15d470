package handlers

import (
	"context"
	"sync"
	"time"

	"opsbot/handlers/calls"
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
	show     func(calls.Progress)
	stopping chan struct{}
	stopped  chan struct{}

	mu     sync.Mutex
	newest *calls.Progress // not shown yet
	pace   pace
	now    func() time.Time
	// steps are the run's, as far as they are begun.
	steps []calls.Step
}

// begin tells the steps of the run, whenever one more has begun.
func (p *reporter) begin(steps []calls.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps = steps
}

func (p *reporter) begun() []calls.Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.steps
}

// progress starts reporting for a running call.
func (d *Dispatcher) progress(ctx context.Context, r calls.Record) *reporter {
	p := &reporter{stopping: make(chan struct{}), stopped: make(chan struct{}), newest: &calls.Progress{What: messages.New("call.working")}, now: d.Now, steps: r.Steps}
	p.show = func(n calls.Progress) {
		if r.Private {
			return // what only one person sees cannot be edited (SF-6.10)
		}
		r.Steps = p.begun()
		m := d.answer(r, calls.ProgressCard(r, n, d.Now().Sub(r.StartedAt)))
		m.Interim = true
		d.put(ctx, m)
	}
	go p.loop()
	return p
}

// Report implements k8sops.Progress. It blocks neither on Slack nor on the store.
func (p *reporter) Report(done, total int, what messages.Text) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest = &calls.Progress{Done: done, Total: total, What: what, Left: p.pace.left(done, total, p.now())}
}

// Show implements k8sops.Progress.
func (p *reporter) Show(card messages.Card) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest = &calls.Progress{Card: &card}
}

func (p *reporter) loop() {
	defer close(p.stopped)
	timer := time.NewTimer(progressAfter)
	defer timer.Stop()
	for {
		select {
		case <-p.stopping:
			return
		case <-timer.C:
			if n := p.take(); n != nil {
				p.show(*n)
			}
			timer.Reset(progressEvery)
		}
	}
}

func (p *reporter) take() *calls.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.newest
	p.newest = nil
	return n
}

// stop ends reporting; after it returns no report can overwrite the result.
func (p *reporter) stop() {
	close(p.stopping)
	<-p.stopped
}

// pace is how fast a run gets on. What was there already when it was first looked at is nobody's progress: a service that is scaled from
// 3 to 4 replicas is not three quarters done.
type pace struct {
	total int
	// first and firstAt are how far it was at the first look, done and doneAt how far it is and since when.
	first, done     int
	firstAt, doneAt time.Time
}

// stillAfter is when a run that does not get on is called still.
const stillAfter = 10 * time.Second

// left extrapolates from what has been done since the first look; 0 where that says nothing: nothing is done yet, less than a tenth is,
// or nothing has moved for a while.
func (p *pace) left(done, total int, now time.Time) time.Duration {
	if p.firstAt.IsZero() || total != p.total || done < p.first {
		*p = pace{total: total, first: done, done: done, firstAt: now, doneAt: now}
		return 0
	}
	if done > p.done {
		p.doneAt = now
	}
	p.done = done
	moved, all := done-p.first, total-p.first
	if moved <= 0 || done >= total || moved*10 < all || now.Sub(p.doneAt) >= stillAfter {
		return 0
	}
	return now.Sub(p.firstAt) / time.Duration(moved) * time.Duration(total-done)
}
