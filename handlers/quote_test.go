package handlers_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
)

// fakeMessages is what stands in Slack: one message in the thread of each root.
type fakeMessages struct {
	said  map[string]handlers.SlackMessage
	fail  error
	asked int
	// reading is called with the timestamp while Slack is asked; may be nil.
	reading func(ts string)
}

func (w *fakeMessages) Message(_ context.Context, channel, ts string) (handlers.SlackMessage, error) {
	w.asked++
	if w.reading != nil {
		w.reading(ts)
	}
	m := w.said[ts]
	m.Channel, m.TS = channel, ts
	return m, w.fail
}

// pins sets who has a pin on the message, and lets Slack tell of a change by user.
func (w *fixture) pins(slack *fakeMessages, user, ts string, by ...string) {
	w.t.Helper()
	m := slack.said[ts]
	m.PinnedBy = by
	slack.said[ts] = m
	n := w.presses.Add(1)
	w.Reaction(w.t.Context(), handlers.Reaction{ID: "Ev" + string(rune('a'+n)), User: user, Channel: room, TS: ts, At: w.Now()})
}

func newFakeMessages(w *fixture) (*fakeMessages, string) {
	_, thread := w.fires("g")
	slack := &fakeMessages{said: map[string]handlers.SlackMessage{
		"5.000001": {ThreadTS: thread, Author: Viewer, At: w.Now(), Text: "the disk is full"},
		"6.000001": {ThreadTS: "4.000001", Author: Viewer, At: w.Now(), Text: "lunch?"},
		"7.000001": {ThreadTS: thread, Author: Viewer, At: w.Now()},
		thread:     {ThreadTS: thread, Author: "U0BOT", At: w.Now(), Text: "INC-1"},
	}}
	w.Messages = slack
	return slack, thread
}

func TestAPinPutsAMessageOnTheTimelineAndTakesItOff(t *testing.T) {
	w := newFixture(t)
	slack, _ := newFakeMessages(w)
	w.pins(slack, Lead, "5.000001", Lead)
	require.Equal(t, 1, count(w.timeline(1), "@"+Viewer+" wrote: the disk is full (📌 @"+Lead+")"))
	w.pins(slack, Admin, "5.000001", Lead, Admin)
	require.Equal(t, 1, count(w.timeline(1), "the disk is full"))
	w.pins(slack, Lead, "5.000001", Admin)
	require.Equal(t, 1, count(w.timeline(1), "the disk is full"), "one pin is enough")
	w.pins(slack, Admin, "5.000001")
	require.Zero(t, count(w.timeline(1), "the disk is full"))
	require.Zero(t, w.outbox.count(), "nobody is told what they see")
}

func TestPinsThatMeanNothing(t *testing.T) {
	w := newFixture(t)
	slack, thread := newFakeMessages(w)
	before := w.timeline(1)
	w.pins(slack, Lead, "6.000001", Lead)
	w.pins(slack, Lead, thread, Lead)
	require.Equal(t, before, w.timeline(1))
	require.Zero(t, w.outbox.count(), "another thread, and the incident itself")
	w.pins(slack, Lead, "7.000001", Lead)
	require.Contains(t, plain(w.outbox.last().Card), "no text")
	slack.fail = errors.New("slack is down")
	w.pins(slack, Lead, "5.000001", Lead)
	w.requirePrivate(w.outbox.last(), Lead)
	require.Contains(t, plain(w.outbox.last().Card), "Slack did not return")
	require.Equal(t, before, w.timeline(1))
}

func TestPinsOfOtherChannelsCostNothing(t *testing.T) {
	w := newFixture(t)
	slack, _ := newFakeMessages(w)
	slack.fail = errors.New("missing_scope")
	w.Reaction(t.Context(), handlers.Reaction{ID: "Ev1", User: Lead, Channel: "C0RANDOM", TS: "5.000001", At: w.Now()})
	require.Zero(t, slack.asked, "no incident has a thread there")
	require.Zero(t, w.outbox.count())
	w.pins(slack, Stranger, "5.000001", Stranger)
	require.Equal(t, 1, slack.asked)
	require.Zero(t, w.outbox.count(), "who has no business with opsbot is told nothing of a message that may be nobody's")
}

func TestAPinWaitsForNoOtherMessage(t *testing.T) {
	w := newFixture(t)
	slack, thread := newFakeMessages(w)
	slack.said["8.000001"] = handlers.SlackMessage{ThreadTS: thread, Author: Viewer, At: w.Now(), Text: "the WAL grows"}
	slack.reading = func(ts string) {
		if ts == "5.000001" { // meanwhile
			w.pins(slack, Lead, "8.000001", Lead)
		}
	}
	w.pins(slack, Lead, "5.000001", Lead)
	require.Equal(t, 1, count(w.timeline(1), "the WAL grows"))
	require.Equal(t, 1, count(w.timeline(1), "the disk is full"))
}

func TestStrangersChangeNoTimeline(t *testing.T) {
	w := newFixture(t)
	slack, thread := newFakeMessages(w)
	w.pins(slack, Stranger, "5.000001", Stranger)
	w.requirePrivate(w.outbox.last(), Stranger)
	require.Zero(t, count(w.timeline(1), "the disk is full"))
	w.Shortcut(t.Context(), handlers.Shortcut{ID: "t1", Name: handlers.ShortcutTimeline, User: Lead, Channel: room, TS: "5.000001", ThreadTS: thread, At: w.Now()})
	require.Contains(t, plain(w.outbox.last().Card), "on the timeline of INC-1")
	w.pins(slack, Stranger, "5.000001")
	require.Equal(t, 1, count(w.timeline(1), "the disk is full"), "it was not the stranger's pin that put it there")
	w.pins(slack, Lead, "5.000001", Stranger)
	require.Zero(t, count(w.timeline(1), "the disk is full"))

	for name, s := range map[string]handlers.Shortcut{
		"older version": {Name: "from_the_future", User: Lead}, "not known": {Name: handlers.ShortcutTimeline, User: Stranger},
		"belongs to no incident": {Name: handlers.ShortcutTimeline, User: Lead, Channel: "C0RANDOM"},
	} {
		s.ID, s.TS, s.At = "t-"+name, "6.000001", w.Now()
		if s.Channel == "" {
			s.Channel = room
		}
		w.Shortcut(t.Context(), s)
		w.requirePrivate(w.outbox.last(), s.User)
		require.Contains(t, plain(w.outbox.last().Card), name)
	}
}
