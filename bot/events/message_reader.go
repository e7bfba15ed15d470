package events

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/bot/mrkdwn"
	"opsbot/handlers"
)

// Names knows what people are called.
type Names interface {
	// Name is how people write the name of a user, or the user's id where Slack does not tell it.
	Name(ctx context.Context, user string) string
}

// MessageReader reads messages that people wrote.
type MessageReader struct {
	Slack *slack.Client
	Names Names
}

// Message returns the message of a channel with the given timestamp, and who added the quote emoji to it.
func (s *MessageReader) Message(ctx context.Context, channel, ts string) (handlers.SlackMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	// Asked with the timestamp of a reply, Slack gives that reply, with its root in front or without.
	page, _, _, err := s.Slack.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: channel, Timestamp: ts, Oldest: ts, Latest: ts, Inclusive: true, Limit: 10,
	})
	if err != nil {
		return handlers.SlackMessage{}, fmt.Errorf("read message %s of channel %s: %s: %w", ts, channel, bot.ErrorDetail(err), err)
	}
	for _, m := range page {
		if m.Timestamp == ts {
			at, _ := bot.ParseTimestamp(ts)
			return handlers.SlackMessage{
				Channel: channel, TS: ts, ThreadTS: cmp.Or(m.ThreadTimestamp, ts), Author: m.User, At: at, Text: s.plainText(ctx, m.Text), PinnedBy: pinnedBy(m),
			}, nil
		}
	}
	return handlers.SlackMessage{}, fmt.Errorf("read message %s of channel %s: it is not there", ts, channel)
}

func pinnedBy(m slack.Message) []string {
	for _, r := range m.Reactions {
		if r.Name == handlers.QuoteEmoji {
			return r.Users
		}
	}
	return nil
}

// plainText removes Slack's markup from a text and writes people by name: a quote is also read outside Slack.
func (s *MessageReader) plainText(ctx context.Context, text string) string {
	return strings.TrimSpace(mrkdwn.WithNames(text, func(id string) string { return s.Names.Name(ctx, id) }))
}
