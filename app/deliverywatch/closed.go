package deliverywatch

import (
	"context"
	"strings"
	"time"

	"opsbot/bot/deliver"
	"opsbot/escalation/incident"
)

// ChannelClosed raises an alert at once: it says that a channel takes no messages.
func (w *Watch) ChannelClosed(ctx context.Context, channel, code string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.loadRaised(ctx); err != nil {
		return err
	}
	t := deliver.Problem{Kind: deliver.ProblemChannelClosed, Channel: channel, Code: code, Since: w.Now()}
	w.refused[w.alertOf(t).Fingerprint(topic)] = true
	return w.raise(ctx, t)
}

// reopened asks Slack now and then which of the channels that took no messages do again. It does not hold the lock meanwhile:
// Slack may be slow, and delivery must not wait in ChannelClosed for that.
func (w *Watch) reopened(ctx context.Context) (map[string]bool, error) {
	now := w.Now()
	asked, err := w.dueForAsking(ctx, now)
	reopened := map[string]bool{}
	for id, a := range asked {
		reopened[id] = w.isOpen(ctx, a, now)
	}
	return reopened, err
}

// dueForAsking are the alerts of closed channels, if it is time to ask about them.
func (w *Watch) dueForAsking(ctx context.Context, now time.Time) (map[string]incident.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.loadRaised(ctx); err != nil || now.Sub(w.lastAsked) < w.Patience/2 {
		return nil, err
	}
	w.lastAsked = now
	clear(w.refused)
	asked := map[string]incident.Alert{}
	for id, a := range w.raised {
		if a.Labels["channel"] != "" {
			asked[id] = a
		}
	}
	return asked, nil
}

// stillClosed are the channels of which it was told that they take no messages, and that still take none.
func (w *Watch) stillClosed(reopened map[string]bool) []deliver.Problem {
	var list []deliver.Problem
	for id, a := range w.raised {
		if a.Labels["channel"] == "" || (reopened[id] && !w.refused[id]) {
			continue
		}
		list = append(list, deliver.Problem{Kind: deliver.ProblemChannelClosed, Channel: a.Labels["channel"], Code: a.Labels["error"], Since: a.StartsAt})
	}
	return list
}

// isOpen believes that what Slack says nothing of, such as a channel in which only administrators may post, is over after a
// while; if it is not, the next message tells.
func (w *Watch) isOpen(ctx context.Context, a incident.Alert, now time.Time) bool {
	code, err := w.Delivery.WhyClosed(ctx, a.Labels["channel"])
	if err != nil || code != "" {
		return false
	}
	return !strings.HasPrefix(a.Labels["error"], "restricted") || now.Sub(a.StartsAt) >= lostWindow
}
