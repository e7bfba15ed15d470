package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// refusalWindow is how long further refusals of one kind are counted after one that is a row.
	refusalWindow = time.Minute
	// refusalPart is how long refusals are counted before the count is written: a kill loses no more than that, and what is not yet looked at.
	refusalPart = 10 * time.Second
	// refusalFlush is how often it is looked which counts are to be written, and stopLimit how long writing may take at a stop.
	refusalFlush = 2 * time.Second
	stopLimit    = 3 * time.Second
	// countedNames is how many different commands and reasons a count names.
	countedNames = 10
)

// RefusedAgain is the action of the row that counts refusals.
const RefusedAgain = "refused again"

// Refusals keeps one person from filling the record: the first refusal of a kind is a row at once, further ones of the next minute are a row
// every ten seconds at most, with their count, by command and by reason. A kind is a person and what was refused: a command, a press of one button, a pin. It is a Log: what
// is no refusal passes.
type Refusals struct {
	Next Log
	Now  func() time.Time
	Log  *zap.Logger

	mu     sync.Mutex
	counts map[refusalKind]*refusalCount
	ended  []*refusalCount
}

type refusalKind struct{ actor, action string }

// refusalCount are the refusals of one kind since the last row, which began the window or counted a part of it.
type refusalCount struct {
	first Event
	// since is when the window began; from and until are the first and the last refusal that is counted here.
	since, from, until time.Time
	count              int
	commands           tally
	reasons            tally
}

func (c *refusalCount) add(e Event, now time.Time) {
	if c.count == 0 {
		c.from = now
	}
	c.until = now
	c.count++
	c.commands.add(e.Command)
	c.reasons.add(e.Details["outcome"])
}

// emptied counts on in the same window.
func (c *refusalCount) emptied() *refusalCount {
	return &refusalCount{first: c.first, since: c.since, commands: tally{}, reasons: tally{}}
}

// Repeats tells whether a refusal is one of a kind that has a row already; it is counted then, and must not be written. Of one that is not
// repeated the caller writes the row, or calls Unwritten.
func (r *Refusals) Repeats(e Event) bool {
	kind, now := kindOf(e), r.Now().UTC()
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counts[kind]
	if c != nil && now.Sub(c.since) < refusalWindow {
		c.add(e, now)
		return true
	}
	r.end(kind)
	if r.counts == nil {
		r.counts = map[refusalKind]*refusalCount{}
	}
	r.counts[kind] = (&refusalCount{first: e, since: now}).emptied()
	return false
}

// Unwritten says that the row of a refusal could not be written: the next one is tried again.
func (r *Refusals) Unwritten(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end(kindOf(e))
}

// Audit implements Log.
func (r *Refusals) Audit(ctx context.Context, e Event) error {
	if !strings.HasPrefix(e.Action, "refused") {
		return r.Next.Audit(ctx, e)
	}
	if r.Repeats(e) {
		return nil
	}
	err := r.Next.Audit(ctx, e)
	if err != nil {
		r.Unwritten(e)
	}
	return err
}

// Run writes the counts that are due until ctx ends, and then all.
func (r *Refusals) Run(ctx context.Context) error {
	ticker := time.NewTicker(refusalFlush)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
			defer cancel()
			r.write(last, r.take(func(*refusalCount) (due, over bool) { return true, true }))
			return nil
		case <-ticker.C:
			now := r.Now()
			r.write(ctx, r.take(func(c *refusalCount) (due, over bool) {
				return now.Sub(c.from) >= refusalPart, now.Sub(c.since) >= refusalWindow
			}))
		}
	}
}

// take are the counts that are due, and those of windows that are over.
func (r *Refusals) take(state func(*refusalCount) (due, over bool)) []*refusalCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	for kind, c := range r.counts {
		switch due, over := state(c); {
		case over:
			r.end(kind)
		case due && c.count > 0:
			r.ended = append(r.ended, c)
			r.counts[kind] = c.emptied()
		}
	}
	ended := r.ended
	r.ended = nil
	return ended
}

// end closes a window. Where nothing was counted, the row of the first refusal says all.
func (r *Refusals) end(kind refusalKind) {
	if c := r.counts[kind]; c != nil && c.count > 0 {
		r.ended = append(r.ended, c)
	}
	delete(r.counts, kind)
}

func (r *Refusals) write(ctx context.Context, counts []*refusalCount) {
	slices.SortFunc(counts, func(a, b *refusalCount) int { return a.from.Compare(b.from) })
	for i, c := range counts {
		if err := r.Next.Audit(ctx, c.event(r.Now().UTC())); err != nil {
			r.Log.Error("count of refusals not recorded, trying again", zap.String("user", c.first.Actor), zap.Int("count", c.count), zap.Error(err))
			r.mu.Lock()
			r.ended = append(r.ended, counts[i:]...)
			r.mu.Unlock()
			return
		}
	}
}

// event is the row that counts.
func (c *refusalCount) event(now time.Time) Event {
	e := Event{At: now, Action: RefusedAgain, Actor: c.first.Actor, User: c.first.User, Cluster: c.first.Cluster, Namespace: c.first.Namespace}
	e.Details = map[string]string{
		"count": strconv.Itoa(c.count), "of": c.first.Action, "from": c.from.Format(time.RFC3339Nano), "until": c.until.Format(time.RFC3339Nano),
		"commands": c.commands.String(), "outcomes": c.reasons.String(),
	}
	return e
}

// tally counts by name.
type tally map[string]int

// add counts one more; those of names that are too many are counted together.
func (t tally) add(name string) {
	if t[name] == 0 && len(t) >= countedNames {
		name = "others"
	}
	t[name]++
}

func (t tally) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if name != "" {
			parts = append(parts, fmt.Sprintf("%s ×%d", name, t[name]))
		}
	}
	return strings.Join(parts, "; ")
}

func kindOf(e Event) refusalKind {
	return refusalKind{actor: e.Actor, action: e.Action}
}

// Counted is how many refusals of a person are counted and not written yet.
func (r *Refusals) Counted(actor string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for kind, c := range r.counts {
		if kind.actor == actor {
			n += c.count
		}
	}
	return n
}
