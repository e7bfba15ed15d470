package bot

import (
	"context"

	"github.com/slack-go/slack"
)

const (
	findPage  = 200
	findPages = 25
)

// history reads one page of a channel or, with a thread, of that thread.
func (d *Deliverer) history(ctx context.Context, at place, oldest, cursor string) (page []slack.Message, next string, f *failure) {
	if at.thread != "" {
		f = d.call(ctx, methodReplies, func(ctx context.Context) (err error) {
			page, _, next, err = d.Slack.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: at.channel, Timestamp: at.thread, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true})
			return err
		})
		return page, next, f
	}
	f = d.call(ctx, methodHistory, func(ctx context.Context) error {
		reply, err := d.Slack.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: at.channel, Oldest: oldest, Cursor: cursor, Limit: findPage, IncludeAllMetadata: true})
		if err == nil {
			page, next = reply.Messages, reply.ResponseMetaData.NextCursor
		}
		return err
	})
	return page, next, f
}

// dmChannel is the channel behind a user id (SF-6.9), which history cannot be asked for.
func (d *Deliverer) dmChannel(ctx context.Context, at place) (string, *failure) {
	if !at.isUser() {
		return at.channel, nil
	}
	d.mu.Lock()
	known := d.dms[at.channel]
	d.mu.Unlock()
	if known != "" {
		return known, nil
	}
	opened := ""
	f := d.call(ctx, methodOpen, func(ctx context.Context) error {
		channel, _, _, err := d.Slack.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{at.channel}, ReturnIM: true})
		if err == nil {
			opened = channel.ID
		}
		return err
	})
	if f == nil {
		d.rememberDM(at.channel, opened)
	}
	return opened, f
}

func (d *Deliverer) rememberDM(user, channel string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dms[user] = channel
	d.budget.same(user, channel)
}
