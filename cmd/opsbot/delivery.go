package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/escalation"
	"opsbot/messages"
)

const (
	// deliveryTopic is the incident of everything that keeps opsbot's messages from people.
	deliveryTopic = "opsbot/delivery"
	// deliveryPatience is how long a failure that may pass has to last before a person is told.
	deliveryPatience = time.Minute
	// lostMemory is how long after the last lost message opsbot is worried.
	lostMemory = 15 * time.Minute
	// deafPatience is how long opsbot may be without a connection on which Slack tells it anything; a refresh takes a second.
	deafPatience = 2 * time.Minute
)

// troubleDeaf is trouble of the other direction: commands and presses do not reach opsbot.
const troubleDeaf deliver.ProblemKind = "deaf"

// delivery is what the watch over delivery needs of it.
type delivery interface {
	LastAccepted() time.Time
	// Closed tells why a channel takes no messages, as far as Slack says so; "" where it does.
	WhyClosed(ctx context.Context, channel string) (code string, err error)
}

// ailing are the messages that do not get through.
type ailing interface {
	Troubles(ctx context.Context, lostSince time.Time) ([]deliver.StuckMessage, error)
}

// selfAlerts is where people are told.
type selfAlerts interface {
	Raise(ctx context.Context, topic string, c engine.SelfAlert) error
	Clear(ctx context.Context, topic string, over ...incident.Alert) error
	Active(ctx context.Context, topic string) (map[string]incident.Alert, error)
}

// deliveryWatch turns what keeps messages from people into alerts of opsbot's own. The incident that they open is paged like
// any other, but not over Slack first while Slack is what fails. Its own messages, which fail like all others, are no new
// trouble: an alert that fires already is not told again.
type deliveryWatch struct {
	delivery   delivery
	ailing     ailing
	selfAlerts selfAlerts
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
	told map[string]incident.Alert
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
	troubles := w.lasting(deliver.Diagnose(list, w.delivery.LastAccepted(), now, w.patience), now)
	troubles = append(troubles, w.deaf(now)...)
	troubles = append(troubles, w.stillClosed(reopened)...)
	last := false
	current := map[string]bool{}
	for _, t := range troubles {
		last = last || t.StopsAll()
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

// closed tells at once that a channel takes no messages.
func (w *deliveryWatch) closed(ctx context.Context, channel, code string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.remember(ctx); err != nil {
		return err
	}
	t := deliver.Problem{Kind: deliver.ProblemChannelClosed, Channel: channel, Code: code, Since: w.now()}
	w.refused[w.concern(t).Fingerprint(deliveryTopic)] = true
	return w.tell(ctx, t)
}

// remember takes over what another opsbot, or this one before a restart, has told.
func (w *deliveryWatch) remember(ctx context.Context) error {
	if w.told != nil {
		return nil
	}
	told, err := w.selfAlerts.Active(ctx, deliveryTopic)
	if err == nil {
		w.told, w.heard, w.refused = told, w.now(), map[string]bool{}
	}
	return err
}

func (w *deliveryWatch) tell(ctx context.Context, t deliver.Problem) error {
	c := w.concern(t)
	id := c.Fingerprint(deliveryTopic)
	if _, ok := w.told[id]; ok {
		return nil
	}
	w.log.Error("messages do not reach people", zap.String("kind", string(t.Kind)), zap.String("channel", t.Channel), zap.String("code", t.Code))
	if err := w.selfAlerts.Raise(ctx, deliveryTopic, c); err != nil {
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
		if err := w.selfAlerts.Clear(ctx, deliveryTopic, a); err != nil {
			return err
		}
		delete(w.told, id)
	}
	return nil
}

// lasting leaves out messages that are stuck only until the rest of a backlog has followed.
func (w *deliveryWatch) lasting(troubles []deliver.Problem, now time.Time) []deliver.Problem {
	var kept []deliver.Problem
	isStuck := false
	for _, t := range troubles {
		if t.Kind != deliver.ProblemStuck {
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
func (w *deliveryWatch) deaf(now time.Time) []deliver.Problem {
	if w.connected() > 0 {
		w.heard = now
	}
	if now.Sub(w.heard) < deafPatience {
		return nil
	}
	return []deliver.Problem{{Kind: troubleDeaf, Since: w.heard}}
}

// reopened asks Slack now and then which of the channels that took no messages do again. It does not hold the lock meanwhile:
// Slack may be slow, and delivery must not wait in closed for that.
func (w *deliveryWatch) reopened(ctx context.Context) (map[string]bool, error) {
	now := w.now()
	asked, err := w.toAsk(ctx, now)
	reopened := map[string]bool{}
	for id, a := range asked {
		reopened[id] = w.isOpen(ctx, a, now)
	}
	return reopened, err
}

// toAsk are the alerts of closed channels, if it is time to ask about them.
func (w *deliveryWatch) toAsk(ctx context.Context, now time.Time) (map[string]incident.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.remember(ctx); err != nil || now.Sub(w.asked) < w.patience/2 {
		return nil, err
	}
	w.asked = now
	clear(w.refused)
	asked := map[string]incident.Alert{}
	for id, a := range w.told {
		if a.Labels["channel"] != "" {
			asked[id] = a
		}
	}
	return asked, nil
}

// stillClosed are the channels of which it was told that they take no messages, and that still take none.
func (w *deliveryWatch) stillClosed(reopened map[string]bool) []deliver.Problem {
	var list []deliver.Problem
	for id, a := range w.told {
		if a.Labels["channel"] == "" || (reopened[id] && !w.refused[id]) {
			continue
		}
		list = append(list, deliver.Problem{Kind: deliver.ProblemChannelClosed, Channel: a.Labels["channel"], Code: a.Labels["error"], Since: a.StartsAt})
	}
	return list
}

// isOpen believes that what Slack says nothing of, such as a channel in which only administrators may post, is over after a
// while; if it is not, the next message tells.
func (w *deliveryWatch) isOpen(ctx context.Context, a incident.Alert, now time.Time) bool {
	code, err := w.delivery.WhyClosed(ctx, a.Labels["channel"])
	if err != nil || code != "" {
		return false
	}
	return !strings.HasPrefix(a.Labels["error"], "restricted") || now.Sub(a.StartsAt) >= lostMemory
}

// concern is the alert of a trouble.
func (w *deliveryWatch) concern(t deliver.Problem) escalation.Concern {
	c := escalation.Concern{Severity: escalation.Critical, Since: t.Since, Labels: map[string]string{}}
	if t.Code != "" {
		c.Labels["error"] = t.Code
	}
	if t.Channel != "" {
		c.Labels["channel"] = t.Channel
	}
	var title messages.Text
	switch t.Kind {
	case deliver.ProblemRefused:
		c.Name, title = "SlackRefusesOpsbot", messages.New("delivery.refused", "code", t.Code)
	case deliver.ProblemLimit:
		c.Name, title = "SlackMessageLimit", messages.New("delivery.limit")
	case deliver.ProblemUnreachable:
		c.Name, title = "SlackUnreachable", messages.New("delivery.away", "code", t.Code)
	case deliver.ProblemChannelClosed:
		c.Name, title = "SlackChannelClosed", messages.New("delivery.closed", "code", t.Code)
		if t.Channel == w.updates && w.updates != "" {
			c.Severity = incident.Warning // the people who mend things do not read there
		}
	case deliver.ProblemStuck:
		c.Name, c.Severity, title = "SlackMessageStuck", escalation.Warning, messages.New("delivery.stuck", "code", t.Code)
	case deliver.ProblemLost:
		c.Name, c.Severity, title = "SlackMessageLost", escalation.Warning, messages.New("delivery.lost", "code", t.Code)
	case troubleDeaf:
		c.Name, title = "SlackSilent", messages.New("delivery.deaf")
	}
	c.Title = w.words(title)
	return c
}
