package setup

import (
	"context"
	"strings"

	"opsbot/bot"
)

// Check tests everything that opsbot needs from Slack: both tokens, the scopes, the incident channel (name or id). It reports all
// problems, each with what to do about it. An error means that Slack could not be reached.
func Check(ctx context.Context, c bot.Connection, channel string) (Report, error) {
	var r Report
	client := c.Client()
	granted, err := r.checkBotToken(ctx, client, c.BotToken)
	if err != nil {
		return r, err
	}
	if err := r.checkAppToken(ctx, client, c.AppToken); err != nil {
		return r, err
	}
	if r.Self.UserID == "" {
		return r, nil
	}
	r.Scopes = granted
	r.checkScopes(granted)
	return r, r.checkChannel(ctx, client, strings.TrimPrefix(channel, "#"))
}
