package deliver

import (
	"context"
	"strconv"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
)

// findSkew covers the difference between Slack's clock, which makes the timestamps, and ours.
const findSkew = 2 * time.Minute

// findPosted looks for a message whose post was begun but not confirmed (SF-6.19). A zero posted means that Slack does not have it.
func (w *Worker) findPosted(ctx context.Context, row Row, at place) (posted, *failure) {
	found, f := w.findInConversation(ctx, row, at)
	if f != nil && f.remedy == join && w.join(ctx, &sending{row: row, at: at}) {
		found, f = w.findInConversation(ctx, row, at)
	}
	if f == nil {
		return found, nil
	}
	switch f.remedy {
	case retry, unknownOutcome, throttled, needsAdmin:
		return posted{}, &failure{remedy: retry, code: f.code, err: f.err}
	}
	// A doubled message is better than a lost one where the channel cannot be read at all.
	w.Log.Error("cannot look for a message of unknown outcome; it may appear twice", logKey(row), zap.String("cause", f.Error()))
	return posted{}, nil
}

func (w *Worker) findInConversation(ctx context.Context, row Row, at place) (posted, *failure) {
	channel, f := w.dmChannel(ctx, at)
	if f != nil {
		return posted{}, f
	}
	return w.searchHistory(ctx, row, place{channel: channel, thread: at.thread})
}

func (w *Worker) searchHistory(ctx context.Context, row Row, at place) (posted, *failure) {
	oldest := bot.Timestamp(row.CreatedAt.Add(-findSkew))
	cursor := ""
	for range findPages {
		page, next, f := w.history(ctx, at, oldest, cursor)
		if f != nil {
			return posted{}, f
		}
		for _, m := range page {
			if version, ok := w.isRow(m, row.Key); ok {
				return posted{channel: at.channel, ts: m.Timestamp, version: version}, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return posted{}, nil
}

// Every message carries its outbox key, so that it can be recognised in the channel's history (SF-8.1). Metadata is visible to
// every member, so it holds nothing else.
const (
	metadataType    = "opsbot_message"
	metadataKey     = "key"
	metadataVersion = "version"
)

func metadataOf(row Row) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{
		metadataKey:     row.Key,
		metadataVersion: strconv.FormatInt(row.Version, 10),
	}}
}

// isRow reports whether m is ours and carries key. Only our own messages count: metadata can be set by any app.
func (w *Worker) isRow(m slack.Message, key string) (version int64, ok bool) {
	if m.Metadata.EventType != metadataType || m.Metadata.EventPayload[metadataKey] != key || !w.isOwn(m) {
		return 0, false
	}
	text, _ := m.Metadata.EventPayload[metadataVersion].(string)
	version, err := strconv.ParseInt(text, 10, 64)
	return version, err == nil
}

func (w *Worker) isOwn(m slack.Message) bool {
	return (m.BotID != "" && m.BotID == w.Self.BotID) || (m.User != "" && m.User == w.Self.UserID)
}
