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

// Direct sends a message to one person without the outbox: for when the store that keeps the outbox fails, and for what must not be
// kept. It tries once.
type Direct struct {
	Slack    *slack.Client
	HTTP     *http.Client // for response_url
	Renderer *render.Renderer
}

// Tell shows m to m.EphemeralTo alone: through the response_url where there is one, else as an ephemeral message, and where the bot
// cannot post one, as a direct message.
func (d *Direct) Tell(ctx context.Context, m messages.Outbound) error {
	ctx, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	content := d.Renderer.Message(m.Card, m.Locale)
	if m.ResponseURL != "" {
		message := &slack.WebhookMessage{Text: content.Text, Blocks: &slack.Blocks{BlockSet: content.Blocks}, ResponseType: slack.ResponseTypeEphemeral}
		return d.failed(m, slack.PostWebhookCustomHTTPContext(ctx, m.ResponseURL, d.HTTP, message))
	}
	// Slack must not open an address to show what is behind it.
	options := []slack.MsgOption{slack.MsgOptionText(content.Text, false), slack.MsgOptionBlocks(content.Blocks...), slack.MsgOptionDisableLinkUnfurl()}
	if m.Channel != m.EphemeralTo {
		inThread := options
		if m.ThreadTS != "" {
			inThread = append(inThread, slack.MsgOptionTS(m.ThreadTS))
		}
		if _, err := d.Slack.PostEphemeralContext(ctx, m.Channel, m.EphemeralTo, inThread...); err == nil {
			return nil
		}
	}
	_, _, err := d.Slack.PostMessageContext(ctx, m.EphemeralTo, options...)
	return d.failed(m, err)
}

func (d *Direct) failed(m messages.Outbound, err error) error {
	if err != nil {
		return fmt.Errorf("tell %s directly: %s: %w", m.EphemeralTo, bot.ErrorDetail(err), err)
	}
	return nil
}
