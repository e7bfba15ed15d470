package deliver

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/bot/render"
	"opsbot/messages"
)

// Direct sends an ephemeral message without the outbox, for when the store that keeps the outbox fails. It tries once.
type Direct struct {
	Slack    *slack.Client
	HTTP     *http.Client // for response_url
	Renderer *render.Renderer
}

// Tell shows m to m.EphemeralTo, through the response_url where there is one.
func (d *Direct) Tell(ctx context.Context, m messages.Outbound) error {
	ctx, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	content := d.Renderer.Message(m.Card, m.Locale)
	var err error
	if m.ResponseURL != "" {
		message := &slack.WebhookMessage{Text: content.Text, Blocks: &slack.Blocks{BlockSet: content.Blocks}, ResponseType: slack.ResponseTypeEphemeral}
		err = slack.PostWebhookCustomHTTPContext(ctx, m.ResponseURL, d.HTTP, message)
	} else {
		options := []slack.MsgOption{slack.MsgOptionText(content.Text, false), slack.MsgOptionBlocks(content.Blocks...)}
		if m.ThreadTS != "" {
			options = append(options, slack.MsgOptionTS(m.ThreadTS))
		}
		_, err = d.Slack.PostEphemeralContext(ctx, m.Channel, m.EphemeralTo, options...)
	}
	if err != nil {
		return fmt.Errorf("tell %s directly: %s: %w", m.EphemeralTo, bot.ErrorDetail(err), err)
	}
	return nil
}
