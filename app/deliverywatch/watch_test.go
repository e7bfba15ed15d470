package deliverywatch

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// watched is all that a Watch looks at, and what it told.
type watched struct {
	*Watch
	t       *testing.T
	clock   time.Time
	list    []deliver.StuckMessage
	taken   time.Time
	why     string // the channels are closed
	asking  func() // while Slack is asked why
	sockets int
	firing  map[string]incident.Alert
	history []string
	broken  bool
}

func newWatched(t *testing.T) *watched {
	w := &watched{t: t, clock: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), sockets: 1, firing: map[string]incident.Alert{}}
	w.restart()
	return w
}

func (w *watched) restart() {
	w.Watch = &Watch{
		Delivery: w, Outbox: w, Alerts: w, Connected: func() int { return w.sockets }, SlackFailing: &atomic.Bool{},
		Print: func(text messages.Text) string { return text.ID }, Patience: time.Minute, Now: func() time.Time { return w.clock }, Log: zap.NewNop(),
	}
}

func (w *watched) LastAccepted() time.Time { return w.taken }
func (w *watched) Undelivered(context.Context, time.Time) ([]deliver.StuckMessage, error) {
	return w.list, nil
}

func (w *watched) WhyClosed(context.Context, string) (string, error) {
	if w.asking != nil {
		w.asking()
	}
	return w.why, nil
}

func (w *watched) Raise(_ context.Context, topic string, c engine.SelfAlert) error {
	if w.broken {
		return errors.New("database is locked")
	}
	w.history = append(w.history, "+"+c.Name)
	w.firing[c.Fingerprint(topic)] = c.Alert(topic)
	return nil
}

func (w *watched) Clear(_ context.Context, _ string, over ...incident.Alert) error {
	for _, a := range over {
		w.history = append(w.history, "-"+a.Name())
		delete(w.firing, a.Fingerprint)
	}
	return nil
}

func (w *watched) Active(context.Context, string) (map[string]incident.Alert, error) {
	firing := map[string]incident.Alert{}
	for id, a := range w.firing {
		firing[id] = a
	}
	return firing, nil
}

// after looks every five seconds until d is over and returns what was told meanwhile.
func (w *watched) after(d time.Duration) []string {
	w.t.Helper()
	from := len(w.history)
	for end := w.clock.Add(d); w.clock.Before(end); w.clock = w.clock.Add(5 * time.Second) {
		require.NoError(w.t, w.check(w.t.Context()))
	}
	return slices.Clone(w.history[from:])
}

func TestOutageIsToldOnce(t *testing.T) {
	w := newWatched(t)
	w.list = []deliver.StuckMessage{{Cause: "no_answer", Since: w.clock}}
	require.Empty(t, w.after(55*time.Second))
	require.False(t, w.SlackFailing.Load())
	require.Equal(t, []string{"+SlackUnreachable"}, w.after(10*time.Minute))
	require.True(t, w.SlackFailing.Load())

	w.restart()
	require.Empty(t, w.after(time.Minute), "it is known who told what")
	require.True(t, w.SlackFailing.Load())

	w.taken = w.clock // the rest of the backlog follows
	require.Equal(t, []string{"-SlackUnreachable"}, w.after(30*time.Second))
	require.False(t, w.SlackFailing.Load())
	w.list = nil
	require.Empty(t, w.after(10*time.Minute))
}

func TestMessageThatStaysStuckIsTold(t *testing.T) {
	w := newWatched(t)
	w.list, w.taken = []deliver.StuckMessage{{Cause: "internal_error", Since: w.clock.Add(-time.Hour)}}, w.clock
	require.Empty(t, w.after(time.Minute))
	require.Equal(t, []string{"+SlackMessageStuck"}, w.after(time.Minute))
	w.list = nil
	require.Equal(t, []string{"-SlackMessageStuck"}, w.after(time.Minute))
}

// A person who resolves the incident is not told again before it is over, however long that takes.
func TestWhatAPersonResolvedIsNotToldAgain(t *testing.T) {
	w := newWatched(t)
	w.list = []deliver.StuckMessage{{Cause: "token_revoked", Since: w.clock}}
	require.Equal(t, []string{"+SlackRefusesOpsbot"}, w.after(time.Minute))
	clear(w.firing)
	require.Empty(t, w.after(time.Hour))
}

func TestClosedChannelIsToldUntilItIsOpen(t *testing.T) {
	w := newWatched(t)
	w.broken = true
	require.Error(t, w.ChannelClosed(t.Context(), "C1", "is_archived"), "delivery tells it again")
	w.broken, w.why = false, "is_archived"
	require.NoError(t, w.ChannelClosed(t.Context(), "C1", "is_archived"))
	require.NoError(t, w.ChannelClosed(t.Context(), "C1", "is_archived"))
	require.Equal(t, []string{"+SlackChannelClosed"}, w.history)
	require.Empty(t, w.after(time.Hour))
	w.restart()
	require.Empty(t, w.after(time.Hour))
	w.why = ""
	require.Equal(t, []string{"-SlackChannelClosed"}, w.after(time.Minute))
}

// What the responders read is worth waking somebody for; what the stakeholders read is not.
func TestClosedChannelOfStakeholdersIsNoEmergency(t *testing.T) {
	for channel, want := range map[string]string{"C0INCIDENTS": "critical", "C0STATUS": "warning"} {
		w := newWatched(t)
		w.Updates = "C0STATUS"
		require.NoError(t, w.ChannelClosed(t.Context(), channel, "is_archived"))
		for _, a := range w.firing {
			require.Equal(t, want, a.Labels["severity"])
		}
		require.Len(t, w.firing, 1)
	}
}

// Slack takes long to say that a channel is open. Meanwhile delivery finds another closed, and that one, too, once more.
func TestDeliveryDoesNotWaitWhileSlackIsAsked(t *testing.T) {
	w := newWatched(t)
	require.NoError(t, w.ChannelClosed(t.Context(), "C1", "is_archived"))
	w.asking = func() {
		w.asking = nil
		require.NoError(t, w.ChannelClosed(t.Context(), "C1", "is_archived"))
		require.NoError(t, w.ChannelClosed(t.Context(), "C2", "is_archived"))
	}
	require.Equal(t, []string{"+SlackChannelClosed"}, w.after(10*time.Second), "the refusal is newer than Slack's answer")
	require.Equal(t, []string{"-SlackChannelClosed", "-SlackChannelClosed"}, w.after(time.Minute))
}

// Slack does not say that only administrators may post in a channel.
func TestRestrictedChannelIsBelievedToBeOpenAfterAWhile(t *testing.T) {
	w := newWatched(t)
	require.NoError(t, w.ChannelClosed(t.Context(), "C1", "restricted_action_read_only_channel"))
	require.Empty(t, w.after(14*time.Minute))
	require.Equal(t, []string{"-SlackChannelClosed"}, w.after(2*time.Minute))
}

func TestSilenceOfSlackIsTold(t *testing.T) {
	w := newWatched(t)
	require.Empty(t, w.after(time.Hour))
	w.sockets = 0
	require.Empty(t, w.after(time.Minute), "a refresh takes a moment")
	require.Equal(t, []string{"+SlackSilent"}, w.after(2*time.Minute))
	require.False(t, w.SlackFailing.Load(), "messages arrive")
	w.sockets = 1
	require.Equal(t, []string{"-SlackSilent"}, w.after(time.Minute))
}
