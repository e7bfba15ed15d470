package slacksim

import (
	"slices"
	"strconv"
	"time"
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
	channel *channel
	at      time.Time
	created time.Time
	draft   draft
	timer   Timer
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
	now := w.opts.Clock.Now()
	s := &scheduledMessage{id: w.newID("Q"), channel: ch, at: at, created: now, draft: d}
	s.timer = w.opts.Clock.AfterFunc(at.Sub(now), func() { w.postScheduled(s) })
	w.scheduled = append(w.scheduled, s)
	return obj{
		"channel": ch.id, "scheduled_message_id": s.id, "post_at": at.Unix(),
		"message": obj{"text": d.text, "type": "delayed_message", "user": w.app.botUser, "bot_id": w.app.botID, "team": w.team.id},
	}, nil
}

func (w *API) scheduleTime(c *call, ch *channel) (time.Time, error) {
	seconds, err := strconv.ParseInt(c.str("post_at"), 10, 64)
	if err != nil {
		return time.Time{}, refuse("invalid_time")
	}
	at, now := time.Unix(seconds, 0), w.opts.Clock.Now()
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
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.scheduled, s)
	if i < 0 {
		return
	}
	w.scheduled = slices.Delete(w.scheduled, i, i+1)
	w.postDraft("chat.scheduleMessage", s.channel, s.draft)
}

func (w *API) cancelScheduled() {
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
	if i < 0 || w.scheduled[i].at.Sub(w.opts.Clock.Now()) < lockedBefore {
		return nil, refuse("invalid_scheduled_message_id")
	}
	w.scheduled[i].timer.Stop()
	w.scheduled = slices.Delete(w.scheduled, i, i+1)
	return nil, nil
}

func chatScheduledList(w *API, c *call) (obj, error) {
	list := []obj{}
	for _, s := range w.scheduled {
		if c.str("channel") != "" && c.str("channel") != s.channel.id {
			continue
		}
		list = append(list, obj{
			"id": s.id, "channel_id": s.channel.id, "post_at": s.at.Unix(), "date_created": s.created.Unix(), "text": s.draft.text,
		})
	}
	part, next, err := page(c, list, 100, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"scheduled_messages": part, "response_metadata": nextCursor(next)}, nil
}
