// Package deliverywatch raises alerts of opsbot's own while its messages do not reach people.
package deliverywatch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/escalation"
	"opsbot/messages"
)

// delivery is what the watch over delivery needs of it.
type delivery interface {
	Taken() time.Time
	// Closed tells why a channel takes no messages, as far as Slack says so; "" where it does.
	WhyClosed(ctx context.Context, channel string) (code string, err error)
}

// ailing are the messages that do not get through.
type ailing interface {
	Troubles(ctx context.Context, lostSince time.Time) ([]bot.Ailing, error)
}

// worries is where people are told.
type worries interface {
	Worry(ctx context.Context, topic string, c escalation.Concern) error
	Relax(ctx context.Context, topic string, over ...escalation.Alert) error
	Worries(ctx context.Context, topic string) (map[string]escalation.Alert, error)
}

// Watch turns what keeps messages from people into alerts of opsbot's own. The incident that they open is paged like
// any other, but not over Slack first while Slack is what fails. Its own messages, which fail like all others, are no new
// trouble: an alert that fires already is not told again.
type Watch struct {
	Delivery delivery
	Ailing   ailing
	Worries  worries
	// Connected is how many sockets there are to Slack.
	Connected func() int
	// SlackLast is set while pages over Slack do not arrive.
	SlackLast *atomic.Bool
	Words     func(messages.Text) string
	// Updates is the channel for stakeholders; "" where there is none.
	Updates  string
	Patience time.Duration
	Now      func() time.Time
	Log      *zap.Logger

	mu sync.Mutex // look and closed come from different loops
	// told are the alerts that were told to fire, by fingerprint; nil before they were read. What a person resolved stays
	// among them until it is over.
	told map[string]escalation.Alert
	// stuck is since when there are messages that alone do not get through; heard is when there was a socket last; asked is
	// when Slack was asked about closed channels.
	stuck, heard, asked time.Time
	// refused are the alerts of channels that refused a message since Slack was asked: that is newer than its answer.
	refused map[string]bool
}

// Run looks every few seconds until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	defer w.SlackLast.Store(false) // whoever leads next finds out
	ticker := time.NewTicker(min(5*time.Second, w.Patience/2))
	defer ticker.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("delivery not looked after, trying again", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (w *Watch) look(ctx context.Context) error {
	reopened, err := w.reopened(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.Now()
	list, err := w.Ailing.Troubles(ctx, now.Add(-lostMemory))
	if err != nil {
		return err
	}
	troubles := w.lasting(bot.Assess(list, w.Delivery.Taken(), now, w.Patience), now)
	troubles = append(troubles, w.deaf(now)...)
	troubles = append(troubles, w.stillClosed(reopened)...)
	last := false
	current := map[string]bool{}
	for _, t := range troubles {
		last = last || t.OfSlack()
		current[w.concern(t).Fingerprint(topic)] = true
	}
	w.SlackLast.Store(last)
	for _, t := range troubles {
		if err := w.tell(ctx, t); err != nil {
			return err
		}
	}
	return w.relax(ctx, current)
}

// remember takes over what another opsbot, or this one before a restart, has told.
func (w *Watch) remember(ctx context.Context) error {
	if w.told != nil {
		return nil
	}
	told, err := w.Worries.Worries(ctx, topic)
	if err == nil {
		w.told, w.heard, w.refused = told, w.Now(), map[string]bool{}
	}
	return err
}

func (w *Watch) tell(ctx context.Context, t bot.Trouble) error {
	c := w.concern(t)
	id := c.Fingerprint(topic)
	if _, ok := w.told[id]; ok {
		return nil
	}
	w.Log.Error("messages do not reach people", zap.String("kind", string(t.Kind)), zap.String("channel", t.Channel), zap.String("code", t.Code))
	if err := w.Worries.Worry(ctx, topic, c); err != nil {
		return err
	}
	w.told[id] = c.Alert(topic)
	return nil
}

// relax ends the alerts that are not current any more.
func (w *Watch) relax(ctx context.Context, current map[string]bool) error {
	for id, a := range w.told {
		if current[id] {
			continue
		}
		w.Log.Info("messages reach people again", zap.String("alert", a.Name()))
		if err := w.Worries.Relax(ctx, topic, a); err != nil {
			return err
		}
		delete(w.told, id)
	}
	return nil
}

// lasting leaves out messages that are stuck only until the rest of a backlog has followed.
func (w *Watch) lasting(troubles []bot.Trouble, now time.Time) []bot.Trouble {
	var kept []bot.Trouble
	isStuck := false
	for _, t := range troubles {
		if t.Kind != bot.TroubleStuck {
			kept = append(kept, t)
			continue
		}
		isStuck = true
		if !w.stuck.IsZero() && now.Sub(w.stuck) >= w.Patience {
			kept = append(kept, t)
		}
	}
	if !isStuck {
		w.stuck = time.Time{}
	} else if w.stuck.IsZero() {
		w.stuck = now
	}
	return kept
}

// deaf is trouble once Slack has been silent for long.
func (w *Watch) deaf(now time.Time) []bot.Trouble {
	if w.Connected() > 0 {
		w.heard = now
	}
	if now.Sub(w.heard) < deafPatience {
		return nil
	}
	return []bot.Trouble{{Kind: troubleDeaf, Since: w.heard}}
}
