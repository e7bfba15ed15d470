package deliver

import (
	"strconv"

	"github.com/slack-go/slack"
)

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
