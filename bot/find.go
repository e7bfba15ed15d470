package bot

import (
	"context"
	"strconv"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// Every message carries its outbox key, so that it can be recognised in the channel's history (SF-8.1). Metadata is visible to
// every member: nothing else goes in.
const (
	metadataType    = "opsbot_message"
	metadataKey     = "key"
	metadataVersion = "version"
)

const (
	findPage  = 200
	findPages = 25
	// findSkew covers the difference between Slack's clock, which makes the timestamps, and ours.
	findSkew = 2 * time.Minute
)

func metadataOf(row Row) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{
		metadataKey:     row.Key,
		metadataVersion: strconv.FormatInt(row.Version, 10),
	}}
}

// find looks for a message whose post was begun but never confirmed (SF-6.19). A zero posted means that it is not there.
func (d *Deliverer) find(ctx context.Context, row Row, at place) (posted, *failure) {
	found, f := d.lookUp(ctx, row, at)
	if f != nil && f.remedy == join && d.join(ctx, &sending{row: row, at: at}) {
		found, f = d.lookUp(ctx, row, at)
	}
	if f == nil {
		return found, nil
	}
	switch f.remedy {
	case retry, unclear, throttled, repair:
		return posted{}, &failure{remedy: retry, code: f.code, err: f.err}
	}
	// A doubled message is better than a lost one where the channel cannot be read at all.
	d.Log.Error("cannot look for a message of unknown outcome; it may appear twice", logKey(row), zap.String("cause", f.Error()))
	return posted{}, nil
}

func (d *Deliverer) lookUp(ctx context.Context, row Row, at place) (posted, *failure) {
	channel, f := d.dmChannel(ctx, at)
	if f != nil {
		return posted{}, f
	}
	return d.search(ctx, row, place{channel: channel, thread: at.thread})
}

func (d *Deliverer) search(ctx context.Context, row Row, at place) (posted, *failure) {
	oldest := slackTime(row.CreatedAt.Add(-findSkew))
	cursor := ""
	for range findPages {
		page, next, f := d.history(ctx, at, oldest, cursor)
		if f != nil {
			return posted{}, f
		}
		for _, m := range page {
			if version, ok := d.isRow(m, row.Key); ok {
				return posted{channel: at.channel, ts: m.Timestamp, version: version}, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return posted{}, nil
}

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

// isRow reports whether m is ours and carries key. Only our own messages count: metadata can be set by any app.
func (d *Deliverer) isRow(m slack.Message, key string) (version int64, ok bool) {
	if m.Metadata.EventType != metadataType || m.Metadata.EventPayload[metadataKey] != key || !d.isOwn(m) {
		return 0, false
	}
	text, _ := m.Metadata.EventPayload[metadataVersion].(string)
	version, err := strconv.ParseInt(text, 10, 64)
	return version, err == nil
}

func (d *Deliverer) isOwn(m slack.Message) bool {
	return (m.BotID != "" && m.BotID == d.Self.BotID) || (m.User != "" && m.User == d.Self.UserID)
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

// slackTime writes a moment as Slack's timestamps do: seconds with six decimals.
func slackTime(t time.Time) string {
	micros := t.UnixMicro()
	return strconv.FormatInt(micros/1_000_000, 10) + "." + pad6(micros%1_000_000)
}

func pad6(n int64) string {
	s := strconv.FormatInt(n, 10)
	return "000000"[:6-len(s)] + s
}
