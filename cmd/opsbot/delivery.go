package main

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

// deliveryWatch turns what keeps messages from people into alerts of opsbot's own. The incident that they open is paged like
// any other, but not over Slack first while Slack is what fails. Its own messages, which fail like all others, are no new
// trouble: an alert that fires already is not told again.
type deliveryWatch struct {
	delivery delivery
	ailing   ailing
	worries  worries
	// connected is how many sockets there are to Slack.
	connected func() int
	// slackLast is set while pages over Slack do not arrive.
	slackLast *atomic.Bool
	words     func(messages.Text) string
	// updates is the channel for stakeholders; "" where there is none.
	updates  string
	patience time.Duration
	now      func() time.Time
	log      *zap.Logger

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

// run looks every few seconds until ctx ends.
func (w *deliveryWatch) run(ctx context.Context) error {
	defer w.slackLast.Store(false) // whoever leads next finds out
	ticker := time.NewTicker(min(5*time.Second, w.patience/2))
	defer ticker.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("delivery not looked after, trying again", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (w *deliveryWatch) look(ctx context.Context) error {
	reopened, err := w.reopened(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	list, err := w.ailing.Troubles(ctx, now.Add(-lostMemory))
	if err != nil {
		return err
	}
	troubles := w.lasting(bot.Assess(list, w.delivery.Taken(), now, w.patience), now)
	troubles = append(troubles, w.deaf(now)...)
	troubles = append(troubles, w.stillClosed(reopened)...)
	last := false
	current := map[string]bool{}
	for _, t := range troubles {
		last = last || t.OfSlack()
		current[w.concern(t).Fingerprint(deliveryTopic)] = true
	}
	w.slackLast.Store(last)
	for _, t := range troubles {
		if err := w.tell(ctx, t); err != nil {
			return err
		}
	}
	return w.relax(ctx, current)
}

// remember takes over what another opsbot, or this one before a restart, has told.
func (w *deliveryWatch) remember(ctx context.Context) error {
	if w.told != nil {
		return nil
	}
	told, err := w.worries.Worries(ctx, deliveryTopic)
	if err == nil {
		w.told, w.heard, w.refused = told, w.now(), map[string]bool{}
	}
	return err
}

func (w *deliveryWatch) tell(ctx context.Context, t bot.Trouble) error {
	c := w.concern(t)
	id := c.Fingerprint(deliveryTopic)
	if _, ok := w.told[id]; ok {
		return nil
	}
	w.log.Error("messages do not reach people", zap.String("kind", string(t.Kind)), zap.String("channel", t.Channel), zap.String("code", t.Code))
	if err := w.worries.Worry(ctx, deliveryTopic, c); err != nil {
		return err
	}
	w.told[id] = c.Alert(deliveryTopic)
	return nil
}

// relax ends the alerts that are not current any more.
func (w *deliveryWatch) relax(ctx context.Context, current map[string]bool) error {
	for id, a := range w.told {
		if current[id] {
			continue
		}
		w.log.Info("messages reach people again", zap.String("alert", a.Name()))
		if err := w.worries.Relax(ctx, deliveryTopic, a); err != nil {
			return err
		}
		delete(w.told, id)
	}
	return nil
}

// lasting leaves out messages that are stuck only until the rest of a backlog has followed.
func (w *deliveryWatch) lasting(troubles []bot.Trouble, now time.Time) []bot.Trouble {
	var kept []bot.Trouble
	isStuck := false
	for _, t := range troubles {
		if t.Kind != bot.TroubleStuck {
			kept = append(kept, t)
			continue
		}
		isStuck = true
		if !w.stuck.IsZero() && now.Sub(w.stuck) >= w.patience {
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
func (w *deliveryWatch) deaf(now time.Time) []bot.Trouble {
	if w.connected() > 0 {
		w.heard = now
	}
	if now.Sub(w.heard) < deafPatience {
		return nil
	}
	return []bot.Trouble{{Kind: troubleDeaf, Since: w.heard}}
}
