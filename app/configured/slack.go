package configured

import (
	"opsbot/bot"
	"opsbot/configs"
)

// SlackConnection is how Slack is reached.
func SlackConnection(c configs.Config) bot.Connection {
	return bot.Connection{
		BotToken: c.Slack.BotToken.Reveal(), AppToken: c.Slack.AppToken.Reveal(), APIURL: c.Slack.APIURL.String(), HTTP: bot.NewHTTPClient(),
	}
}
