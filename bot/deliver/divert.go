package deliver

import (
	"context"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/messages"
)

// divert finds another way. An answer can go through its response_url, which works even where the bot may not post
// (SF-2.6). Else the message goes to who asked for it, or elsewhere, with a line that says where it belongs.
func (w *Worker) divert(ctx context.Context, s *sending, f *failure) bool {
	if !s.triedResponseURL {
		s.triedResponseURL = true
		// Each version is a message of its own there, and there are few: what is not final must not use them up.
		if s.row.Interim && w.responseURLs.isUsed(s.row.ResponseURL, w.Now()) {
			s.answered = true
			return true
		}
		if s.answered = w.answerAtResponseURL(ctx, s, slack.ResponseTypeInChannel); s.answered {
			return true
		}
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

// divertTarget names the place that takes what its channel does not: the direct messages of who asked, if anybody did.
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

// leaveThread posts beside a thread that somebody else began and deleted. One that opsbot began is begun anew instead,
// but not for ever: a reply that was refused before goes out beside it.
func (s *sending) leaveThread() bool {
	if s.at.thread == "" || (s.row.ReplyTo != "" && s.row.Attempts == 0) {
		return false
	}
	s.at.thread = ""
	return true
}
