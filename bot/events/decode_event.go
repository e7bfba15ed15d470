package events

import (
	"encoding/json"
	"errors"
	"fmt"

	"opsbot/bot"
	"opsbot/bot/mrkdwn"
	"opsbot/handlers"
)

// eventPayload is the outer event (SF-7.2) with the fields of the inner ones that the bot listens to.
type eventPayload struct {
	Type    string `json:"type"`
	EventID string `json:"event_id"`
	Event   struct {
		Type        string          `json:"type"`
		Subtype     string          `json:"subtype"`
		User        eventUser       `json:"user"`
		BotID       string          `json:"bot_id"`
		Text        string          `json:"text"`
		TS          string          `json:"ts"`
		ThreadTS    string          `json:"thread_ts"`
		Channel     json.RawMessage `json:"channel"` // an id, but an object in some events
		ChannelType string          `json:"channel_type"`
		Tab         string          `json:"tab"`
		Edited      *struct{}       `json:"edited"`
		Reaction    string          `json:"reaction"`
		Item        struct {
			Type    string `json:"type"`
			Channel string `json:"channel"`
			TS      string `json:"ts"`
		} `json:"item"`
	} `json:"event"`
}

// channelID is "" where the event has no channel, or a whole one.
func (p eventPayload) channelID() (id string) {
	_ = json.Unmarshal(p.Event.Channel, &id) // an object stays ""
	return id
}

// eventUser is a user id. Events about a person have the whole person in its place.
type eventUser string

// UnmarshalJSON implements json.Unmarshaler.
func (u *eventUser) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var person struct {
			ID string `json:"id"`
		}
		err := json.Unmarshal(data, &person)
		*u = eventUser(person.ID)
		return err
	}
	return json.Unmarshal(data, (*string)(u))
}

func (d decoder) event(payload json.RawMessage) (inbound, error) {
	var p eventPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return inbound{}, fmt.Errorf("decode event: %w", err)
	}
	if p.Type != "event_callback" { // app_rate_limited and the like
		return inbound{}, nil
	}
	if p.EventID == "" || p.Event.Type == "" {
		return inbound{}, errors.New("event lacks event_id or type")
	}
	in := inbound{eventID: p.EventID}
	user := string(p.Event.User)
	switch {
	case p.Event.Type == "user_change":
		in.changedUser = user
	case p.Event.Type == "channel_shared" || p.Event.Type == "channel_unshared":
		in.changedChannel = p.channelID()
	case p.Event.Type == "app_home_opened" && p.Event.Tab == "home":
		in.homeUser = user
	case d.isQuote(p):
		item := p.Event.Item
		in.reaction = &handlers.Reaction{ID: p.EventID, User: user, Channel: item.Channel, TS: item.TS, At: d.now()}
	case d.isForBot(p):
		m, err := d.mention(p)
		if err != nil {
			return inbound{}, err
		}
		in.mention = m
	}
	return in, nil
}

// isQuote reports whether the event is a reaction with the emoji that puts a message on the timeline.
func (d decoder) isQuote(p eventPayload) bool {
	e := p.Event
	isReaction := e.Type == "reaction_added" || e.Type == "reaction_removed"
	return isReaction && e.Reaction == handlers.QuoteEmoji && string(e.User) != d.self.UserID && e.Item.Type == "message" && e.Item.Channel != "" && e.Item.TS != ""
}

// isForBot reports whether the event is a mention in a channel or a direct message to the bot. A mention in a channel also arrives
// as a message event (SF-7.3), so of message events only direct messages count. Messages of bots, this one included, are never
// commands: two bots could talk for ever. An edited message does not run a command again.
func (d decoder) isForBot(p eventPayload) bool {
	e := p.Event
	if e.BotID != "" || e.User == "" || string(e.User) == d.self.UserID || e.Edited != nil {
		return false
	}
	switch e.Type {
	case "app_mention":
		return true
	case "message":
		return e.ChannelType == "im" && (e.Subtype == "" || e.Subtype == "file_share" || e.Subtype == "thread_broadcast")
	}
	return false
}

func (d decoder) mention(p eventPayload) (*handlers.Mention, error) {
	channel := p.channelID()
	if channel == "" || p.Event.TS == "" {
		return nil, errors.New("message event lacks channel or ts")
	}
	at, ok := bot.ParseTimestamp(p.Event.TS)
	if !ok {
		at = d.now()
	}
	return &handlers.Mention{
		ID: p.EventID, Text: mrkdwn.TypedText(mrkdwn.WithoutMention(p.Event.Text, d.self.UserID)), User: string(p.Event.User), Channel: channel,
		TS: p.Event.TS, ThreadTS: p.Event.ThreadTS, At: at,
	}, nil
}
