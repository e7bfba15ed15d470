package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Rules of response_url (SF-2.6).
const (
	hookLife = 30 * time.Minute
	hookUses = 5
	maxHooks = 10000
)

// hook is one response_url.
type hook struct {
	user    string
	channel *channel
	source  *Message // what replace_original and delete_original act on
	expires time.Time
	uses    int
}

type responseURLs struct {
	byID  map[string]*hook
	order []string
}

func (r *responseURLs) init() { r.byID = map[string]*hook{} }

func (w *Workspace) newHook(user string, c *channel, source *Message) (*hook, string) {
	id := w.randomHex(12)
	h := &hook{user: user, channel: c, source: source, expires: w.opts.Clock.Now().Add(hookLife)}
	w.hooks.byID[id] = h
	w.hooks.order = append(w.hooks.order, id)
	if len(w.hooks.order) > maxHooks {
		delete(w.hooks.byID, w.hooks.order[0])
		w.hooks.order = w.hooks.order[1:]
	}
	return h, w.URL() + "/hooks/" + id
}

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

// serveResponseURL answers in plain text, as Slack does (SF-2.10, SF-2.11).
func (w *Workspace) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	start := w.opts.Clock.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	w.mu.Lock()
	w.calls.flying++
	fault := w.faults.take("response_url", "")
	c := &call{w: w, method: &method{name: "response_url"}, args: map[string]string{"body": string(body)}}
	a, stop := answer{}, false
	if fault != nil {
		a, stop = w.applyFault(c, fault)
	}
	if !stop {
		a = w.hookAnswer(c, r.PathValue("id"), body)
		a.cut = fault != nil && fault.Kind == FaultAcceptThenTimeout
	}
	w.mu.Unlock()
	w.logCall("response_url", c, a, start)
	if a.cut {
		abort(rw)
		return
	}
	for key, value := range a.header {
		rw.Header().Set(key, value)
	}
	rw.Header().Set("Content-Type", "text/html")
	rw.WriteHeader(a.status)
	text := "ok"
	if code, failed := a.body["error"].(string); failed {
		text = code
	}
	_, _ = io.WriteString(rw, text) // the app may have gone
}

func (w *Workspace) hookAnswer(c *call, id string, body []byte) answer {
	h := w.hooks.byID[id]
	switch {
	case h == nil:
		return plainRefusal(http.StatusNotFound, "no_service")
	case w.opts.Clock.Now().After(h.expires):
		return plainRefusal(http.StatusNotFound, "expired_url")
	case h.uses >= hookUses:
		return plainRefusal(http.StatusNotFound, "used_url")
	}
	var r reply
	if json.Unmarshal(body, &r) != nil {
		return plainRefusal(http.StatusBadRequest, "invalid_payload")
	}
	if err := w.respond(h, &r); err != nil {
		return hookRefusal(err)
	}
	h.uses++
	if h.source != nil {
		c.ts = h.source.TS
	}
	return answer{status: http.StatusOK, body: obj{}}
}

func plainRefusal(status int, code string) answer {
	return answer{status: status, body: obj{"error": code}}
}

func hookRefusal(err error) answer {
	var e *apiError
	switch {
	case !errors.As(err, &e):
		return plainRefusal(http.StatusInternalServerError, "server_error")
	case e.retryAfter > 0:
		a := plainRefusal(http.StatusTooManyRequests, "rate_limited")
		a.header = map[string]string{"Retry-After": fmt.Sprint(int(math.Ceil(e.retryAfter.Seconds())))}
		return a
	case e.code == "is_archived":
		return plainRefusal(http.StatusGone, "channel_is_archived")
	default:
		return plainRefusal(http.StatusBadRequest, e.code)
	}
}

// respond does what a reply asks for (SF-2.6, SF-2.7).
func (w *Workspace) respond(h *hook, r *reply) error {
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
func (w *Workspace) postReply(route string, h *hook, r *reply, d draft) (*Message, error) {
	if h.channel.archived {
		return nil, fail("is_archived")
	}
	if r.ResponseType == "in_channel" {
		if err := w.limitPost(route, h.channel); err != nil {
			return nil, err
		}
		return w.postDraft(route, h.channel, d), nil
	}
	return w.post(h.channel, &Message{
		User: w.app.botUser, BotID: w.app.botID, Plain: d.text, Blocks: d.blocks, Attachments: d.attachments,
		ThreadTS: d.threadTS, Ephemeral: h.user,
	}), nil
}
