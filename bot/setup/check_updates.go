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
	id, code, err := joinChannel(ctx, c, channel)
	name := strings.TrimPrefix(channel, "#")
	if code != "" {
		return "", Finding{Text: messages.New("bot.check_updates_bad", "channel", name, "code", code), Next: messages.New("bot.check_updates_next")}, nil
	}
	return id, Finding{OK: true, Text: messages.New("bot.check_updates", "channel", name)}, err
}

// CheckAuditChannel is CheckUpdatesChannel for the channel that gets the checkpoints of the audit record.
func CheckAuditChannel(ctx context.Context, c bot.Connection, channel string) (id string, _ Finding, err error) {
	id, code, err := joinChannel(ctx, c, channel)
	name := strings.TrimPrefix(channel, "#")
	if code != "" {
		return "", Finding{Text: messages.New("bot.check_audit_bad", "channel", name, "code", code), Next: messages.New("bot.check_audit_next")}, nil
	}
	return id, Finding{OK: true, Text: messages.New("bot.check_audit", "channel", name)}, err
}

// joinChannel finds a channel by name or id and joins it; code is Slack's reason why it cannot be used, "" where it can.
func joinChannel(ctx context.Context, c bot.Connection, channel string) (id, code string, err error) {
	client := c.Client()
	found, err := findChannel(ctx, client, strings.TrimPrefix(channel, "#"))
	if code, refused := bot.Refusal(err); refused {
		return "", code, nil
	}
	switch {
	case err != nil:
		return "", "", fmt.Errorf("look for channel %s: %w", channel, err)
	case found == nil:
		return "", "channel_not_found", nil
	case found.IsArchived:
		return "", "is_archived", nil
	}
	if !found.IsMember {
		if _, _, _, err := client.JoinConversationContext(ctx, found.ID); err != nil {
			return "", bot.Classify(err).Code, nil
		}
	}
	return found.ID, "", nil
}
