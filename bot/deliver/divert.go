package deliver

import (
	"context"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/messages"
)

// divert sends the message another way. An answer can go through its response_url, which works even where the bot may not post
// (SF-2.6). Otherwise the message goes to the person who asked for it, or to the configured channel, with a line that says where
// it belongs.
func (w *Worker) divert(ctx context.Context, s *sending, f *failure) bool {
	if !s.triedResponseURL {
		s.triedResponseURL = true
		// Each version is a new message there, and a response_url works only five times: progress must not use it up.
		if s.row.Interim && w.responseURLs.isUsed(s.row.ResponseURL, w.Now()) {
			s.answered = true
			return true
		}
		plain := s.content
		if s.row.Requester != "" {
			w.sayWhereFilesAre(s, nil)
		}
		if s.answered = w.answerAtResponseURL(ctx, s, slack.ResponseTypeInChannel); s.answered {
			return true
		}
		s.content = plain
	}
	if s.diverted || !w.canDivert(s) {
		return false
	}
	s.diverted = true
	from, to := s.target(), w.divertTarget(ctx, s)
	if to == "" || to == from {
		return false
	}
	w.Log.Error("channel takes no messages; sent elsewhere", logKey(s.row),
		zap.String("channel", from), zap.String("instead", to), zap.String("cause", f.Error()))
	s.row.Card.Footer = append(s.row.Card.Footer[:len(s.row.Card.Footer):len(s.row.Card.Footer)],
		messages.New("bot.diverted", "channel", messages.Channel(from), "reason", f.code))
	s.content = w.Renderer.Message(s.row.Card, s.row.Locale)
	s.at, s.edit = place{channel: to}, posted{}
	if to != s.row.Requester {
		s.closedCode, s.closedChannel = f.code, from
	}
	return true
}

// canDivert reports whether another channel may take the message. A page to a person is not diverted: the ledger
// moves on to the next channel or person instead.
func (w *Worker) canDivert(s *sending) bool {
	return (w.Divert != nil || s.row.Requester != "") && (s.row.PageID == "" || !s.at.isUser())
}

// divertTarget is the channel or user that gets the message instead: the person who asked, if there is one.
func (w *Worker) divertTarget(ctx context.Context, s *sending) string {
	if s.row.Requester != "" && s.row.Requester != s.target() {
		return s.row.Requester
	}
	if w.Divert == nil {
		return ""
	}
	return w.Divert(ctx, s.row)
}

func (s *sending) target() string {
	if s.edit.ts != "" {
		return s.edit.channel
	}
	return s.at.channel
}

// leaveThread posts in the channel when the root of the thread was deleted. A root that opsbot posted is posted again instead, but
// only once: a reply that was refused before goes into the channel.
func (s *sending) leaveThread() bool {
	if s.at.thread == "" || (s.row.ReplyTo != "" && s.row.Attempts == 0) {
		return false
	}
	s.at.thread = ""
	return true
}
