package setup

import (
	"context"
	"fmt"
	"strings"

	"opsbot/bot"
	"opsbot/messages"
)

// CheckUpdatesChannel looks for the channel (name or id) that gets the updates for stakeholders, and joins it. If the channel cannot
// be used, id is "" and the finding says why. An error means that Slack could not be reached.
func CheckUpdatesChannel(ctx context.Context, c bot.Connection, channel string) (id string, _ Finding, err error) {
	client := c.Client()
	name := strings.TrimPrefix(channel, "#")
	bad := func(code string) (string, Finding, error) {
		return "", Finding{Text: messages.New("bot.check_updates_bad", "channel", name, "code", code), Next: messages.New("bot.check_updates_next")}, nil
	}
	found, err := findChannel(ctx, client, name)
	if code, refused := bot.Refusal(err); refused {
		return bad(code)
	}
	switch {
	case err != nil:
		return "", Finding{}, fmt.Errorf("look for channel %s: %w", name, err)
	case found == nil:
		return bad("channel_not_found")
	case found.IsArchived:
		return bad("is_archived")
	}
	if !found.IsMember {
		if _, _, _, err := client.JoinConversationContext(ctx, found.ID); err != nil {
			return bad(bot.Classify(err).Code)
		}
	}
	return found.ID, Finding{OK: true, Text: messages.New("bot.check_updates", "channel", name)}, nil
}
