package deliver

import (
	"context"

	"github.com/slack-go/slack"

	"opsbot/bot"
)

// sendEphemeral sends an ephemeral answer: through the response_url while it is valid, because that works in every channel, else
// by chat.postEphemeral, else as a direct message. Slack does not guarantee delivery of ephemeral messages, and they cannot be
// found again (SF-8.12), so after an unknown outcome it is sent again: twice is better than not at all.
func (w *Worker) sendEphemeral(ctx context.Context, s *sending) *failure {
	refused, again := w.attachPrivately(ctx, s, s.row.EphemeralTo)
	if again != nil {
		return again
	}
	w.sayWhereFilesAre(s, refused)
	if w.answerAtResponseURL(ctx, s, slack.ResponseTypeEphemeral) {
		return w.recordEphemeral(ctx, s)
	}
	for {
		f := w.postEphemeral(ctx, s)
		if f == nil {
			return w.recordEphemeral(ctx, s)
		}
		switch {
		case f.remedy == simplify && w.simplify(s, f):
		case f.remedy == join && w.join(ctx, s):
		case f.remedy == join || f.remedy == divert:
			return w.sendDirectMessage(ctx, s)
		default:
			return f
		}
	}
}

// recordEphemeral records the answer without a timestamp, because an ephemeral message cannot be edited.
func (w *Worker) recordEphemeral(ctx context.Context, s *sending) *failure {
	return w.recordDelivery(ctx, s, posted{channel: s.at.channel, version: s.row.Version})
}

func (w *Worker) postEphemeral(ctx context.Context, s *sending) *failure {
	options := []slack.MsgOption{slack.MsgOptionText(s.content.Text, false)}
	if len(s.content.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(s.content.Blocks...))
	}
	if s.at.thread != "" {
		options = append(options, slack.MsgOptionTS(s.at.thread))
	}
	if f := w.waitUntilOpen(ctx, methodEphemeral); f != nil {
		return f
	}
	call, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	_, err := w.Slack.PostEphemeralContext(call, s.at.channel, s.row.EphemeralTo, options...)
	if err != nil {
		return w.failed(methodEphemeral, err)
	}
	return nil
}

// sendDirectMessage is the last resort, for somebody in a channel that the bot cannot post to.
func (w *Worker) sendDirectMessage(ctx context.Context, s *sending) *failure {
	s.at = place{channel: s.row.EphemeralTo}
	at, f := w.post(ctx, s)
	if f != nil {
		return f
	}
	at.ts = "" // the next version is an answer of its own
	return w.recordDelivery(ctx, s, at)
}
