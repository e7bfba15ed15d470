// Package refusals tells people of deliveries of alerts that opsbot refuses: who sends them may not look at what is answered.
package refusals

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers/httpapi"
	"opsbot/messages"
)

const (
	// every is how often people are told of refusals of one cause, at most; quiet is that for wrong tokens, which anybody can send who
	// reaches the port.
	every = time.Hour
	quiet = 6 * time.Hour
	// lateLimit is how long a message about a refusal is worth sending.
	lateLimit = 24 * time.Hour
	// retryAfter is the pause after a message could not be stored.
	retryAfter = time.Minute
)

// outbox takes messages.
type outbox interface {
	Put(ctx context.Context, wanted ...messages.Outbound) error
}

// Notifier posts one message in the incident channel for refusals of one cause, however many there are in some time. Replicas that share a database
// share the message: its key is the cause and the time span.
type Notifier struct {
	Outbox outbox
	// Channel is the id of the incident channel.
	Channel string
	Now     func() time.Time
	Log     *zap.Logger

	mu      sync.Mutex
	pending map[httpapi.RefusalCause]*pending
	told    map[httpapi.RefusalCause]time.Time
	wake    chan struct{}
}

// pending is what people do not know yet.
type pending struct {
	httpapi.Refusal // the last one
	count           int
}

// New makes a Notifier; Run makes it tell.
func New(now func() time.Time, log *zap.Logger) *Notifier {
	return &Notifier{
		Now: now, Log: log, pending: map[httpapi.RefusalCause]*pending{}, told: map[httpapi.RefusalCause]time.Time{}, wake: make(chan struct{}, 1),
	}
}

// Refused takes a refusal in. It never waits, and keeps at most one refusal of each cause.
func (n *Notifier) Refused(r httpapi.Refusal) {
	n.mu.Lock()
	p := n.pending[r.Cause]
	if p == nil {
		p = &pending{}
		n.pending[r.Cause] = p
	}
	p.Refusal = r
	p.count++
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Run tells people until ctx ends, also of what came before.
func (n *Notifier) Run(ctx context.Context) error {
	for {
		rest, err := n.tell(ctx)
		if err != nil && ctx.Err() == nil {
			n.Log.Error("people not told of refused deliveries, trying again", zap.Error(err))
			rest = retryAfter
		}
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-n.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// tell stores a message for each cause of which people may be told now, and returns when to look again.
func (n *Notifier) tell(ctx context.Context) (rest time.Duration, err error) {
	rest = quiet
	for _, cause := range httpapi.RefusalCauses() {
		p, wait := n.take(cause)
		rest = min(rest, wait)
		if p.count == 0 {
			continue
		}
		if err := n.Outbox.Put(ctx, n.message(p)); err != nil {
			n.putBack(p)
			return 0, fmt.Errorf("store message: %w", err)
		}
	}
	return rest, nil
}

// take is what is pending of a cause, or how long people may not be told of it yet.
func (n *Notifier) take(cause httpapi.RefusalCause) (p pending, wait time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	waiting, now := n.pending[cause], n.Now()
	if waiting == nil {
		return pending{}, quiet
	}
	if wait = n.told[cause].Add(pause(cause)).Sub(now); wait > 0 {
		return pending{}, wait
	}
	delete(n.pending, cause)
	n.told[cause] = now
	return *waiting, quiet
}

func (n *Notifier) putBack(p pending) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.told, p.Cause)
	if newer := n.pending[p.Cause]; newer != nil {
		newer.count += p.count
		return
	}
	n.pending[p.Cause] = &p
}

func pause(cause httpapi.RefusalCause) time.Duration {
	if cause == httpapi.RefusedToken {
		return quiet
	}
	return every
}

func (n *Notifier) message(p pending) messages.Outbound {
	now := n.Now()
	return messages.Outbound{
		Key:  fmt.Sprintf("webhook/refused/%s/%d", p.Cause, now.Truncate(pause(p.Cause)).Unix()),
		Lane: messages.LaneEntry, Channel: n.Channel, Card: card(p), NotAfter: now.Add(lateLimit),
	}
}
