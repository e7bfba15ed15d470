package bot

import (
	"context"

	"github.com/slack-go/slack"
)

// WhyClosed tells why a channel takes no messages, as far as Slack says so; "" where it does. A public channel is joined.
func (d *Deliverer) WhyClosed(ctx context.Context, channel string) (code string, err error) {
	var found *slack.Channel
	f := d.call(ctx, methodInfo, func(ctx context.Context) (err error) {
		found, err = d.Slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		return err
	})
	switch {
	case f != nil && (f.remedy == divert || f.remedy == join):
		return f.code, nil
	case f != nil:
		return "", f
	case found.IsArchived:
		return "is_archived", nil
	case !found.IsMember && !d.join(ctx, &sending{at: place{channel: channel}}):
		return "not_in_channel", nil
	}
	return "", nil
}
