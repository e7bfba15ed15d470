package setup

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/messages"
)

func (r *Report) checkChannel(ctx context.Context, client *slack.Client, name string) error {
	found, err := findChannel(ctx, client, name)
	if code, refused := bot.Refusal(err); refused {
		r.fail(messages.New("bot.check_channel_unreadable", "channel", name, "code", code), messages.New("bot.check_scopes_next"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for channel %s: %w", name, err)
	}
	switch {
	case found == nil:
		r.fail(messages.New("bot.check_channel_missing", "channel", name), messages.New("bot.check_channel_next"))
	case found.IsArchived:
		r.fail(messages.New("bot.check_channel_archived", "channel", name), messages.New("bot.check_channel_next"))
	default:
		r.IncidentChannel = found.ID
		r.checkMembership(ctx, client, *found)
	}
	return nil
}

// checkMembership joins the channel if the bot may. Posting works without membership, editing and history do not (SF-6.8).
func (r *Report) checkMembership(ctx context.Context, client *slack.Client, c slack.Channel) {
	if !c.IsMember {
		if _, _, _, err := client.JoinConversationContext(ctx, c.ID); err != nil {
			r.fail(messages.New("bot.check_channel_outside", "channel", c.Name, "code", bot.Classify(err).Code), messages.New("bot.check_channel_invite"))
			return
		}
	}
	r.pass(messages.New("bot.check_channel", "channel", c.Name))
}

// findChannel looks a channel up by name or id among public channels and the private ones that the bot is in.
func findChannel(ctx context.Context, client *slack.Client, name string) (*slack.Channel, error) {
	params := &slack.GetConversationsParameters{Limit: 999, Types: []string{"public_channel", "private_channel"}}
	for {
		page, next, err := client.GetConversationsContext(ctx, params)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].Name == name || page[i].ID == name {
				return &page[i], nil
			}
		}
		if params.Cursor = next; next == "" {
			return nil, nil
		}
	}
}
