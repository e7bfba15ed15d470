package setup

import (
	"context"
	"strings"

	"opsbot/bot"
)

// Check tries everything that opsbot needs of Slack: both tokens, the scopes, the incident channel (name or id). All
// problems are reported, each with its remedy. The error tells that Slack could not be reached at all.
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
