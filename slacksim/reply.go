package slacksim

import (
	"encoding/json"
	"strconv"
	"strings"
)

// reply is a message body as it comes back from the app: the payload of a
// slash command's ack or the body of a response_url post.
type reply struct {
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

func (r *reply) draft() draft {
	d := draft{text: r.Text, blocks: r.Blocks, attachments: r.Attachments, metadata: r.Metadata, threadTS: r.ThreadTS}
	for _, raw := range []*json.RawMessage{&d.blocks, &d.attachments, &d.metadata} {
		if string(*raw) == "null" {
			*raw = nil
		}
	}
	// slack-go sends an empty metadata object along with every response_url
	// post; Slack takes it for none.
	var m struct {
		EventType string `json:"event_type"`
	}
	if json.Unmarshal(d.metadata, &m) == nil && m.EventType == "" {
		d.metadata = nil
	}
	return d
}

func (r *reply) empty() bool { return r.Text == "" && len(r.Blocks) == 0 && len(r.Attachments) == 0 }

// respond does what a reply asks for (SF-2.6, SF-2.7).
func (w *core) respond(h *hook, r *reply) error {
	if bool(r.DeleteOriginal) && h.source != nil && !h.source.Deleted {
		w.erase(h.channel, h.source)
		h.source = nil
	}
	if bool(r.DeleteOriginal) && r.empty() {
		return nil
	}
	d := r.draft()
	if _, err := w.check("response_url", &d); err != nil {
		return err
	}
	if bool(r.ReplaceOriginal) && h.source != nil && !h.source.Deleted {
		w.change(h.channel, h.source, func() {
			m := h.source
			m.Plain, m.Blocks, m.Attachments, m.state = d.text, d.blocks, d.attachments, nil
		})
		return nil
	}
	m, err := w.postReply("response_url", h, r, d)
	if err == nil && h.source == nil {
		h.source = m
	}
	return err
}

// postReply posts an answer: in_channel for all, otherwise for the person.
func (w *core) postReply(route string, h *hook, r *reply, d draft) (*message, error) {
	if h.channel.archived {
		return nil, fail("is_archived")
	}
	if r.ResponseType == "in_channel" {
		if err := w.limitPost(route, h.channel); err != nil {
			return nil, err
		}
		return w.postDraft(route, h.channel, d), nil
	}
	return w.post(h.channel, &message{
		User: w.app.botUser, BotID: w.app.botID, Plain: d.text, Blocks: d.blocks, Attachments: d.attachments,
		ThreadTS: d.threadTS, Ephemeral: h.user,
	}), nil
}
