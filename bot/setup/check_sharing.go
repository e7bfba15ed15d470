package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"opsbot/bot"
	"opsbot/messages"
)

// CheckSharing looks whether other organisations read a channel (name or id) that opsbot writes in by itself. ok is false where there is nothing
// to say of it: the channel cannot be seen, which other checks report, or nobody else reads it.
func CheckSharing(ctx context.Context, c bot.Connection, channel string, allowed []string) (_ Finding, ok bool, err error) {
	found, err := findChannel(ctx, c.Client(), strings.TrimPrefix(channel, "#"))
	if _, refused := bot.Refusal(err); refused {
		return Finding{}, false, nil
	}
	switch {
	case err != nil:
		return Finding{}, false, fmt.Errorf("look for channel %s: %w", channel, err)
	case found == nil || !bot.SharedOutside(found):
		return Finding{}, false, nil
	case slices.Contains(allowed, found.ID), slices.Contains(allowed, found.Name):
		return Finding{OK: true, Text: messages.New("bot.check_shared_allowed", "channel", found.Name)}, true, nil
	}
	return Finding{Text: messages.New("bot.check_shared", "channel", found.Name), Next: messages.New("bot.check_shared_next")}, true, nil
}
