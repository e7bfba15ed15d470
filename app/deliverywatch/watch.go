// Package deliverywatch raises alerts of opsbot's own while its messages do not reach people.
package deliverywatch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// delivery sends the messages.
type delivery interface {
	LastAccepted() time.Time
	// WhyClosed tells why a channel takes no messages, as far as Slack says so; "" where it does.
	WhyClosed(ctx context.Context, channel string) (code string, err error)
}

// outbox holds the messages, also those that do not get through.
type outbox interface {
	Undelivered(ctx context.Context, lostSince time.Time) ([]deliver.StuckMessage, error)
}

// selfAlerts are alerts of opsbot's own: escalation makes an incident of them.
type selfAlerts interface {
	Raise(ctx context.Context, topic string, c engine.SelfAlert) error
	Clear(ctx context.Context, topic string, over ...incident.Alert) error
	Active(ctx context.Context, topic string) (map[string]incident.Alert, error)
}

// Watch turns what keeps messages from people into alerts of opsbot's own. The incident that they open is paged like
// any other, but not over Slack first while Slack is what fails. Its own messages, which fail like all others, are no new
// problem: an alert that fires already is not raised again.
type Watch struct {
	Delivery delivery
	Outbox   outbox
	Alerts   selfAlerts
	// Connected is how many sockets there are to Slack.
	Connected func() int
	// SlackFailing is set while pages over Slack do not arrive.
	SlackFailing *atomic.Bool
	Print        func(messages.Text) string
	// Updates is the channel for stakeholders; "" where there is none.
	Updates  string
	Patience time.Duration
	Now      func() time.Time
	Log      *zap.Logger

	mu sync.Mutex // check and ChannelClosed are called from different loops
	// raised are the alerts that were raised, by fingerprint; nil before they were read. What a person resolved stays
	// among them until it is over.
	raised map[string]incident.Alert
	// stuckSince is since when there are messages that alone do not get through; lastConnected is when there was a socket, lastAsked
	// when Slack was asked about closed channels.
	stuckSince, lastConnected, lastAsked time.Time
	// refused are the alerts of channels that refused a message since Slack was asked: that is newer than its answer.
	refused map[string]bool
}

// Run looks every few seconds until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	defer w.SlackFailing.Store(false) // whoever leads next finds out
	ticker := time.NewTicker(min(5*time.Second, w.Patience/2))
	defer ticker.Stop()
	for {
		if err := w.check(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("delivery not looked after, trying again", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (w *Watch) check(ctx context.Context) error {
	reopened, err := w.reopened(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.Now()
	list, err := w.Outbox.Undelivered(ctx, now.Add(-lostWindow))
	if err != nil {
		return err
	}
	problems := w.lasting(deliver.Diagnose(list, w.Delivery.LastAccepted(), now, w.Patience), now)
	problems = append(problems, w.silent(now)...)
	problems = append(problems, w.stillClosed(reopened)...)
	last := false
	current := map[string]bool{}
	for _, t := range problems {
		last = last || t.StopsAll()
		current[w.alertOf(t).Fingerprint(topic)] = true
	}
	w.SlackFailing.Store(last)
	for _, t := range problems {
		if err := w.raise(ctx, t); err != nil {
			return err
		}
	}
	return w.clearEnded(ctx, current)
}

// loadRaised takes over what another opsbot, or this one before a restart, has raised.
func (w *Watch) loadRaised(ctx context.Context) error {
	if w.raised != nil {
		return nil
	}
	told, err := w.Alerts.Active(ctx, topic)
	if err == nil {
		w.raised, w.lastConnected, w.refused = told, w.Now(), map[string]bool{}
	}
	return err
}

func (w *Watch) raise(ctx context.Context, t deliver.Problem) error {
	c := w.alertOf(t)
	id := c.Fingerprint(topic)
	if _, ok := w.raised[id]; ok {
		return nil
	}
	w.Log.Error("messages do not reach people", zap.String("kind", string(t.Kind)), zap.String("channel", t.Channel), zap.String("code", t.Code))
	if err := w.Alerts.Raise(ctx, topic, c); err != nil {
		return err
	}
	w.raised[id] = c.Alert(topic)
	return nil
}

// clearEnded ends the alerts that are not current any more.
func (w *Watch) clearEnded(ctx context.Context, current map[string]bool) error {
	for id, a := range w.raised {
		if current[id] {
			continue
		}
		w.Log.Info("messages reach people again", zap.String("alert", a.Name()))
		if err := w.Alerts.Clear(ctx, topic, a); err != nil {
			return err
		}
		delete(w.raised, id)
	}
	return nil
}

// lasting leaves out messages that are stuck only until the rest of a backlog has followed.
func (w *Watch) lasting(problems []deliver.Problem, now time.Time) []deliver.Problem {
	var kept []deliver.Problem
	isStuck := false
	for _, t := range problems {
		if t.Kind != deliver.ProblemStuck {
			kept = append(kept, t)
			continue
		}
		isStuck = true
		if !w.stuckSince.IsZero() && now.Sub(w.stuckSince) >= w.Patience {
			kept = append(kept, t)
		}
	}
	if !isStuck {
		w.stuckSince = time.Time{}
	} else if w.stuckSince.IsZero() {
		w.stuckSince = now
	}
	return kept
}

// silent is a problem once Slack has been silent for long.
func (w *Watch) silent(now time.Time) []deliver.Problem {
	if w.Connected() > 0 {
		w.lastConnected = now
	}
	if now.Sub(w.lastConnected) < silencePatience {
		return nil
	}
	return []deliver.Problem{{Kind: problemSilent, Since: w.lastConnected}}
}
