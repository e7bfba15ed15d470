package deliver

import (
	"context"
	"slices"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/messages"
)

// CodeShared is why a channel gets nothing that other organisations read; it stands where Slack's error codes do.
const CodeShared = "shared_with_other_organisations"

const (
	// codeUnknown is why a message waits: Slack fails to say who reads along.
	codeUnknown = "readers_unknown"
	// readersTries is how often that is waited for, some ten seconds in all.
	readersTries = 4
)

// withhold sends a message that its channel may not read to the person who asked for it, or, where nobody did, to the one whom Divert names.
// Every post and every edit passes here: answers, progress, plans, files, live views, what schedules say, and the threads of incidents.
func (w *Worker) withhold(ctx context.Context, s *sending) *failure {
	from := s.target()
	reason, code := w.whyWithheld(ctx, s, from)
	switch {
	case reason.IsZero():
		w.explainAgain(ctx, s)
		return nil
	case code == codeUnknown && w.mayStillSay(ctx, s, from):
		return &failure{remedy: retry, code: codeUnknown, err: errUnknownReaders}
	}
	to := w.divertTarget(ctx, s)
	if to == "" || to == from {
		return &failure{remedy: parked, code: CodeShared, err: errNobodyElse}
	}
	w.explain(s, reason)
	s.row.ResponseURL, s.withheldFrom, s.withheldURL = "", s.at, s.row.ResponseURL
	s.at, s.edit, s.diverted, s.triedResponseURL, s.claimed = place{channel: to}, posted{}, true, true, false
	if to != s.row.Requester {
		w.Log.Error("channel is shared with other organisations; sent elsewhere", logKey(s.row), zap.String("channel", from), zap.String("instead", to))
		s.closedCode, s.closedChannel = code, from
	}
	return nil
}

// explainAgain gives a new version of a message that stands in somebody's direct messages its reason again.
func (w *Worker) explainAgain(ctx context.Context, s *sending) {
	own := placeOf(s.row).channel
	if s.explained || s.edit.ts == "" || own == s.edit.channel {
		return
	}
	if reason, _ := w.whyWithheld(ctx, s, own); !reason.IsZero() {
		w.explain(s, reason)
	}
}

// explain puts the reason under the message.
func (w *Worker) explain(s *sending, reason messages.Text) {
	s.row.Card.Footer = append(slices.Clone(s.row.Card.Footer), reason)
	if s.content = w.render(s.row); s.withoutTable || s.simplified {
		s.content = w.Renderer.Message(s.row.Card, s.row.Locale)
	}
	s.simplified, s.explained = false, true
}

// whyWithheld is zero where the channel may read the message. Where it is not known who reads along, an answer goes to the person; an alert that
// nobody reads would be worse.
func (w *Worker) whyWithheld(ctx context.Context, s *sending, channel string) (reason messages.Text, code string) {
	at := place{channel: channel}
	if at.isUser() || at.isDirect() {
		return messages.Text{}, ""
	}
	if w.IsShared != nil {
		switch shared, err := w.IsShared(ctx, channel); {
		case shared:
			return messages.New("bot.withheld_shared", "channel", messages.Channel(channel)), CodeShared
		case err != nil && s.row.Requester != "":
			return messages.New("bot.withheld_unknown", "channel", messages.Channel(channel)), codeUnknown
		}
	}
	return s.row.Withheld, ""
}

// mayStillSay tells that Slack only fails to say who reads along: then an answer waits a little before it goes elsewhere.
func (w *Worker) mayStillSay(ctx context.Context, s *sending, channel string) bool {
	_, err := w.IsShared(ctx, channel)
	return err != nil && bot.Classify(err).Kind != bot.ErrorRefused && s.row.Attempts < readersTries
}

// isShared tells whether a channel is known to be shared.
func (w *Worker) isShared(ctx context.Context, channel string) bool {
	if w.IsShared == nil {
		return false
	}
	shared, err := w.IsShared(ctx, channel)
	return shared && err == nil
}

// pointToAnswer tells the person, where they asked, that the answer is in their direct messages. It is a help, and tried once.
func (w *Worker) pointToAnswer(ctx context.Context, s *sending) {
	if s.withheldFrom.channel == "" || s.row.Requester == "" || s.row.SentVersion > 0 || s.at.channel != s.row.Requester {
		return
	}
	text := w.Renderer.Catalogue.Printer(w.locale(s.row), messages.Plain()).Text(messages.New("bot.withheld_pointer"))
	call, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	var err error
	if w.responseURLs.take(s.withheldURL, s.row.CreatedAt, w.Now()) {
		message := &slack.WebhookMessage{Text: text, ResponseType: slack.ResponseTypeEphemeral, ThreadTimestamp: s.withheldFrom.thread}
		err = slack.PostWebhookCustomHTTPContext(call, s.withheldURL, w.HTTP, message)
	} else if w.budget.take(methodEphemeral, w.Now()).IsZero() {
		options := []slack.MsgOption{slack.MsgOptionText(text, false)}
		if s.withheldFrom.thread != "" {
			options = append(options, slack.MsgOptionTS(s.withheldFrom.thread))
		}
		if _, err = w.Slack.PostEphemeralContext(call, s.withheldFrom.channel, s.row.Requester, options...); err != nil {
			_ = w.failed(methodEphemeral, err)
		}
	}
	if err != nil {
		w.Log.Info("person not told where the answer is", logKey(s.row), zap.String("cause", bot.Classify(err).Code))
	}
}
