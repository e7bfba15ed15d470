package workspace

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Reply is a message body as it comes back from the app: the payload of a
// slash command's ack or the body of a response_url post.
type Reply struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
	Metadata        json.RawMessage `json:"metadata"`
	ThreadTS        string          `json:"thread_ts"`
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal looseBool       `json:"replace_original"`
	DeleteOriginal  looseBool       `json:"delete_original"`
}

// looseBool takes true and "true" (SF-2.7).
type looseBool bool

// UnmarshalJSON reads a JSON boolean or its text.
func (b *looseBool) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseBool(strings.Trim(string(data), `"`))
	*b = looseBool(v)
	return err
}

// Draft is the message that the reply asks for.
func (r *Reply) Draft() Draft {
	d := Draft{Text: r.Text, Blocks: r.Blocks, Attachments: r.Attachments, Metadata: r.Metadata, ThreadTS: r.ThreadTS}
	for _, raw := range []*json.RawMessage{&d.Blocks, &d.Attachments, &d.Metadata} {
		if string(*raw) == "null" {
			*raw = nil
		}
	}
	// slack-go sends an empty metadata object along with every response_url
	// post; Slack takes it for none.
	var m struct {
		EventType string `json:"event_type"`
	}
	if json.Unmarshal(d.Metadata, &m) == nil && m.EventType == "" {
		d.Metadata = nil
	}
	return d
}

// Empty tells whether the reply has nothing to show.
func (r *Reply) Empty() bool { return r.Text == "" && len(r.Blocks) == 0 && len(r.Attachments) == 0 }

// Respond does what a reply asks for (SF-2.6, SF-2.7).
func (w *Workspace) Respond(h *ResponseURL, r *Reply) error {
	if bool(r.DeleteOriginal) && h.Source != nil && !h.Source.Deleted {
		w.Erase(h.Channel, h.Source)
		h.Source = nil
	}
	if bool(r.DeleteOriginal) && r.Empty() {
		return nil
	}
	d := r.Draft()
	if _, err := w.Check("response_url", &d); err != nil {
		return err
	}
	if bool(r.ReplaceOriginal) && h.Source != nil && !h.Source.Deleted {
		w.Change(h.Channel, h.Source, func() {
			m := h.Source
			m.Plain, m.Blocks, m.Attachments, m.state = d.Text, d.Blocks, d.Attachments, nil
		})
		return nil
	}
	m, err := w.PostReply("response_url", h, r, d)
	if err == nil && h.Source == nil {
		h.Source = m
	}
	return err
}

// PostReply posts an answer: in_channel for all, otherwise for the person.
func (w *Workspace) PostReply(route string, h *ResponseURL, r *Reply, d Draft) (*Message, error) {
	if h.Channel.Archived {
		return nil, fail("is_archived")
	}
	if r.ResponseType == "in_channel" {
		if err := w.LimitPost(route, h.Channel); err != nil {
			return nil, err
		}
		return w.PostDraft(route, h.Channel, d), nil
	}
	return w.Post(h.Channel, &Message{
		User: w.App.BotUser, BotID: w.App.BotID, Plain: d.Text, Blocks: d.Blocks, Attachments: d.Attachments,
		ThreadTS: d.ThreadTS, Ephemeral: h.user,
	}), nil
}
