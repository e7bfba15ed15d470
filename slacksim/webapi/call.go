package webapi

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"opsbot/slacksim/workspace"
)

// maxBody bounds what a client may post to the API.
const maxBody = 16 << 20

// call is one API call being answered.
type call struct {
	w      *API
	method *method
	token  string
	bearer bool              // the token came in the Authorization header
	args   map[string]string // JSON bodies: strings as they are, other values as JSON text
	warns  []string
	ts     string // message made or changed, for the call log
}

// readCall collects arguments and token by the rules of SF-6.15.
func readCall(r *http.Request) (*call, error) {
	c := &call{args: map[string]string{}}
	c.addForm(r.URL.Query())
	delete(c.args, "token")
	if err := c.readBody(r); err != nil {
		return nil, err
	}
	c.token = c.args["token"]
	delete(c.args, "token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token, c.bearer = bearer, true
	}
	return c, nil
}

func (c *call) readBody(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return refuse("request_timeout")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		if len(body) == 0 {
			return nil
		}
		return refuse("missing_post_type")
	}
	switch kind {
	case "application/json":
		return c.addJSON(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse("invalid_form_data")
		}
		c.addForm(form)
		return nil
	default:
		return refuse("invalid_post_type")
	}
}

func (c *call) addForm(form url.Values) {
	for key, values := range form {
		c.args[key] = values[0]
	}
}

// addJSON reads a JSON body. The token does not belong there: Slack takes it
// from the header alone.
func (c *call) addJSON(body []byte) error {
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil // slack-go opens sockets with an empty JSON body (SF-1.2)
	}
	var fields map[string]json.RawMessage
	if !json.Valid(body) {
		return refuse("invalid_json")
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		return refuse("json_not_object")
	}
	for key, raw := range fields {
		if key == "token" || string(raw) == "null" {
			continue
		}
		var s string
		if json.Unmarshal(raw, &s) == nil {
			c.args[key] = s
			continue
		}
		c.args[key] = string(raw)
	}
	return nil
}

func (c *call) str(name string) string { return c.args[name] }

func (c *call) has(name string) bool {
	_, ok := c.args[name]
	return ok
}

func (c *call) need(name string) (string, error) {
	if s := c.args[name]; s != "" {
		return s, nil
	}
	return "", missingField(name)
}

func (c *call) flag(name string) bool {
	b, _ := strconv.ParseBool(c.args[name])
	return b
}

// list reads a comma-separated list, or a JSON array in a JSON body.
func (c *call) list(name string) []string {
	raw := c.args[name]
	var items []string
	if strings.HasPrefix(raw, "[") && json.Unmarshal([]byte(raw), &items) == nil {
		return items
	}
	for item := range strings.SplitSeq(raw, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// number reads an integer argument; bad is the error code for nonsense.
func (c *call) number(name string, fallback int, bad string) (int, error) {
	raw, ok := c.args[name]
	if !ok || raw == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil {
		return 0, refuse(bad)
	}
	return n, nil
}

func (c *call) warn(warning string) { c.warns = append(c.warns, warning) }

// channel resolves the conversation that the argument names and checks the
// scopes that its type needs. A private one that the bot is not in stays
// hidden (SF-6.8).
func (c *call) channel(arg string) (*workspace.Channel, error) {
	id, err := c.need(arg)
	if err != nil {
		return nil, refuse("channel_not_found")
	}
	ch := c.w.Channels.ByID[id]
	if ch == nil {
		if ch = c.w.Channels.ByName[strings.TrimPrefix(id, "#")]; ch != nil {
			c.w.Violate(workspace.ViolationChannelByName, "%s addressed channel %q by name", c.method.name, id) // SF-6.9
		}
	}
	if ch == nil || !ch.VisibleTo(c.w.App.BotUser) {
		return nil, refuse("channel_not_found")
	}
	return ch, c.convScope(ch)
}

func (c *call) convScope(ch *workspace.Channel) error {
	if c.method.conv == nil {
		return nil
	}
	if needed := c.method.conv.of(ch); !c.w.Manifest.HasAnyScope(needed) {
		return missingScope(needed)
	}
	return nil
}

// memberChannel is channel, for methods that the bot must be a member for.
func (c *call) memberChannel(arg string) (*workspace.Channel, error) {
	ch, err := c.channel(arg)
	if err != nil {
		return nil, err
	}
	if !ch.Has(c.w.App.BotUser) {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// message finds the message that the arguments name.
func (c *call) message(ch *workspace.Channel, arg, notFound string) (*workspace.Message, error) {
	ts, err := c.need(arg)
	if err != nil {
		return nil, err
	}
	m := ch.ByTS[ts]
	if m == nil || m.Ephemeral != "" || m.Subtype == workspace.SubtypeTombstone {
		return nil, refuse(notFound)
	}
	return m, nil
}

// page cuts one page out of items; the cursor is the index of the next item.
func page[T any](c *call, items []T, fallback, most int) (part []T, next string, err error) {
	limit, err := c.number("limit", fallback, "invalid_limit")
	if err != nil || limit < 0 || limit > most {
		return nil, "", refuse("invalid_limit")
	}
	if limit == 0 {
		limit = fallback
	}
	start := 0
	if cursor := c.str("cursor"); cursor != "" {
		if _, err := fmt.Sscanf(cursor, "next_%d", &start); err != nil || start < 0 || start > len(items) {
			return nil, "", refuse("invalid_cursor")
		}
	}
	end := min(start+limit, len(items))
	if end < len(items) {
		next = fmt.Sprintf("next_%d", end)
	}
	return items[start:end], next, nil
}

func nextCursor(next string) obj { return obj{"next_cursor": next} }
