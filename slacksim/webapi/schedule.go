package webapi

import (
	"slices"
	"strconv"
	"time"

	"opsbot/slacksim/clock"
	"opsbot/slacksim/workspace"
)

// Limits on scheduled messages (SF-8.8).
const (
	maxAhead     = 120 * 24 * time.Hour
	windowLength = 5 * time.Minute
	maxPerWindow = 30
	lockedBefore = time.Minute
)

type scheduledMessage struct {
	id      string
	channel *workspace.Channel
	at      time.Time
	created time.Time
	draft   workspace.Draft
	timer   clock.Timer
}

func chatScheduleMessage(w *API, c *call) (obj, error) {
	ch, err := w.postTarget(c)
	if err != nil {
		return nil, err
	}
	at, err := w.scheduleTime(c, ch)
	if err != nil {
		return nil, err
	}
	d, err := w.checkedDraft(c)
	if err != nil {
		return nil, err
	}
	now := w.Options.Clock.Now()
	s := &scheduledMessage{id: w.NewID("Q"), channel: ch, at: at, created: now, draft: d}
	s.timer = w.Options.Clock.AfterFunc(at.Sub(now), func() { w.postScheduled(s) })
	w.scheduled = append(w.scheduled, s)
	return obj{
		"channel": ch.ID, "scheduled_message_id": s.id, "post_at": at.Unix(),
		"message": obj{"text": d.Text, "type": "delayed_message", "user": w.App.BotUser, "bot_id": w.App.BotID, "team": w.Team.ID},
	}, nil
}

func (w *API) scheduleTime(c *call, ch *workspace.Channel) (time.Time, error) {
	seconds, err := strconv.ParseInt(c.str("post_at"), 10, 64)
	if err != nil {
		return time.Time{}, refuse("invalid_time")
	}
	at, now := time.Unix(seconds, 0), w.Options.Clock.Now()
	switch {
	case !at.After(now):
		return at, refuse("time_in_past")
	case at.Sub(now) > maxAhead:
		return at, refuse("time_too_far")
	}
	near := 0
	for _, s := range w.scheduled {
		if s.channel == ch && s.at.Sub(at).Abs() < windowLength {
			near++
		}
	}
	if near >= maxPerWindow {
		return at, refuse("restricted_too_many")
	}
	return at, nil
}

func (w *API) postScheduled(s *scheduledMessage) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	i := slices.Index(w.scheduled, s)
	if i < 0 {
		return
	}
	w.scheduled = slices.Delete(w.scheduled, i, i+1)
	w.PostDraft("chat.scheduleMessage", s.channel, s.draft)
}

// CancelScheduled forgets the scheduled messages.
func (w *API) CancelScheduled() {
	for _, s := range w.scheduled {
		s.timer.Stop()
	}
	w.scheduled = nil
}

func chatDeleteScheduled(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	id := c.str("scheduled_message_id")
	i := slices.IndexFunc(w.scheduled, func(s *scheduledMessage) bool { return s.id == id && s.channel == ch })
	if i < 0 || w.scheduled[i].at.Sub(w.Options.Clock.Now()) < lockedBefore {
		return nil, refuse("invalid_scheduled_message_id")
	}
	w.scheduled[i].timer.Stop()
	w.scheduled = slices.Delete(w.scheduled, i, i+1)
	return nil, nil
}

func chatScheduledList(w *API, c *call) (obj, error) {
	list := []obj{}
	for _, s := range w.scheduled {
		if c.str("channel") != "" && c.str("channel") != s.channel.ID {
			continue
		}
		list = append(list, obj{
			"id": s.id, "channel_id": s.channel.ID, "post_at": s.at.Unix(), "date_created": s.created.Unix(), "text": s.draft.Text,
		})
	}
	part, next, err := page(c, list, 100, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"scheduled_messages": part, "response_metadata": nextCursor(next)}, nil
}
