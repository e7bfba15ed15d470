package deliver

import (
	"context"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

const (
	findPage  = 200
	findPages = 25
)

// history reads one page of a channel or, with a thread, of that thread.
func (w *Worker) history(ctx context.Context, at place, oldest, cursor string) (page []slack.Message, next string, f *failure) {
	if at.thread != "" {
		f = w.call(ctx, methodReplies, func(ctx context.Context) (err error) {
			page, _, next, err = w.Slack.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: at.channel, Timestamp: at.thread, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true})
			return err
		})
		return page, next, f
	}
	f = w.call(ctx, methodHistory, func(ctx context.Context) error {
		reply, err := w.Slack.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: at.channel, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true})
		if err == nil {
			page, next = reply.Messages, reply.ResponseMetaData.NextCursor
		}
		return err
	})
	return page, next, f
}

// dmChannel is the channel of a user's direct messages (SF-6.9): history needs a channel id.
func (w *Worker) dmChannel(ctx context.Context, at place) (string, *failure) {
	if !at.isUser() {
		return at.channel, nil
	}
	w.mu.Lock()
	known := w.dms[at.channel]
	w.mu.Unlock()
	if known != "" {
		return known, nil
	}
	opened := ""
	f := w.call(ctx, methodOpen, func(ctx context.Context) error {
		channel, _, _, err := w.Slack.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{at.channel}, ReturnIM: true})
		if err == nil {
			opened = channel.ID
		}
		return err
	})
	if f == nil {
		w.rememberDM(at.channel, opened)
	}
	return opened, f
}

func (w *Worker) rememberDM(user, channel string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dms[user] = channel
	w.budget.mergeDM(user, channel)
}

// WhyClosed returns Slack's error code if a channel accepts no messages, and "" if it does. It joins a public channel.
func (w *Worker) WhyClosed(ctx context.Context, channel string) (code string, err error) {
	var found *slack.Channel
	f := w.call(ctx, methodInfo, func(ctx context.Context) (err error) {
		found, err = w.Slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		return err
	})
	switch {
	case f != nil && (f.remedy == divert || f.remedy == join):
		return f.code, nil
	case f != nil:
		return "", f
	case found.IsArchived:
		return "is_archived", nil
	case w.isShared(ctx, channel):
		return CodeShared, nil
	case !found.IsMember && !w.join(ctx, &sending{at: place{channel: channel}}):
		return "not_in_channel", nil
	}
	return "", nil
}

// join makes the bot a member of a public channel.
func (w *Worker) join(ctx context.Context, s *sending) bool {
	channel := s.target()
	if s.joined || (place{channel: channel}).isUser() {
		return false
	}
	s.joined = true
	f := w.call(ctx, methodJoin, func(ctx context.Context) error {
		_, _, _, err := w.Slack.JoinConversationContext(ctx, channel)
		return err
	})
	if f != nil {
		w.Log.Warn("cannot join channel", zap.String("channel", channel), zap.String("cause", f.Error()))
	}
	return f == nil
}
