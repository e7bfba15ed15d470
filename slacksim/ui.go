package slacksim

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"
)

//go:embed all:web/dist
var builtPage embed.FS

// routeUI serves the page and the calls of web/API.md.
func (w *Workspace) routeUI(mux *http.ServeMux) {
	mux.HandleFunc("GET /ui/state", w.ui(w.uiState))
	mux.HandleFunc("GET /ui/messages", w.ui(w.uiMessages))
	mux.HandleFunc("GET /ui/events", w.serveEvents)
	for name, handle := range map[string]uiHandler{
		"post": w.uiPost, "command": w.uiCommand, "action": w.uiAction, "view/submit": w.uiSubmit, "view/close": w.uiClose,
		"options": w.uiOptions, "shortcut": w.uiShortcut, "home": w.uiHome, "open": w.uiOpen, "react": w.uiReact, "read": w.uiRead,
		"faults": w.uiFaults, "panel": w.uiPanel,
	} {
		mux.HandleFunc("POST /ui/"+name, w.ui(handle))
	}
	dist, err := fs.Sub(builtPage, "web/dist")
	if err != nil {
		panic(err) // the path is embedded above
	}
	files := http.FileServerFS(dist)
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := fs.Stat(dist, r.URL.Path[1:]); r.URL.Path != "/" && err != nil {
			r.URL.Path = "/" // permalinks lead to the page
		}
		files.ServeHTTP(rw, r)
	})
}

// uiRequest is the union of the bodies of web/API.md.
type uiRequest struct {
	User, Channel, Text, Name, With, Value string
	ThreadTS                               string      `json:"thread_ts"`
	TS                                     string      `json:"ts"`
	Container                              uiContainer `json:"container"`
	BlockID                                string      `json:"block_id"`
	ActionID                               string      `json:"action_id"`
	ViewID                                 string      `json:"view_id"`
	Values                                 viewState   `json:"values"`
	CallbackID                             string      `json:"callback_id"`
	Clear, Remove                          bool
	ID                                     string `json:"id"`

	query map[string]string
	raw   map[string]any
	ctx   *http.Request
}

type uiContainer struct {
	Type, Channel string
	TS            string `json:"ts"`
	ViewID        string `json:"view_id"`
}

type uiHandler func(r *uiRequest, u *person) (any, error)

// ui decodes a call; the handler runs without the workspace's lock.
func (w *Workspace) ui(handle uiHandler) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		req, err := readUI(r)
		if err != nil {
			writeUIError(rw, err)
			return
		}
		w.mu.Lock()
		u := w.people.find(req.User)
		w.mu.Unlock()
		answer, err := handle(req, u)
		if err != nil {
			writeUIError(rw, err)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(answer) // the page may have gone
	}
}

func readUI(r *http.Request) (*uiRequest, error) {
	req := &uiRequest{query: map[string]string{}, ctx: r}
	for key := range r.URL.Query() {
		req.query[key] = r.URL.Query().Get(key)
	}
	req.User = req.query["user"]
	if r.Method != http.MethodPost {
		return req, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if err := json.Unmarshal(body, req); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if err := json.Unmarshal(body, &req.raw); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return req, nil
}

func writeUIError(rw http.ResponseWriter, err error) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(rw).Encode(obj{"error": err.Error()})
}

var errNoUser = errors.New("no such user")

func (w *Workspace) uiState(_ *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil { // the page's first call may not know anybody yet
		u = w.people.list[1]
	}
	return w.statePage(u), nil
}

func (w *Workspace) uiMessages(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.query["channel"]]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	list := c.timeline
	if ts := r.query["thread_ts"]; ts != "" {
		list = c.threads[ts]
		if parent := c.byTS[ts]; parent != nil {
			list = append([]*Message{parent}, list...)
		}
	}
	limit, err := strconv.Atoi(orDefault(r.query["limit"], "100"))
	if err != nil || limit < 1 {
		return nil, fmt.Errorf("limit %q is no number above 0", r.query["limit"])
	}
	return w.messagesPage(u, list, r.query["before"], limit), nil
}

func (w *Workspace) messagesPage(u *person, list []*Message, before string, limit int) obj {
	var found []obj
	more := false
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.Ephemeral != "" && m.Ephemeral != u.id || before != "" && m.TS >= before {
			continue
		}
		if len(found) == limit {
			more = true
			break
		}
		found = append(found, w.messagePage(m))
	}
	out := make([]obj, 0, len(found))
	for i := len(found) - 1; i >= 0; i-- {
		out = append(out, found[i])
	}
	return obj{"messages": out, "has_more": more}
}

func (w *Workspace) uiPost(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	m, err := w.say(u, c, r.ThreadTS, r.Text)
	if err != nil {
		return nil, err
	}
	c.lastRead[u.id] = m.TS
	return obj{"ts": m.TS}, nil
}

func (w *Workspace) uiCommand(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("no such channel")
	}
	// What goes wrong shows up as a message from Slackbot.
	_, err := w.runCommand(u, c, r.Text)
	_, declared := w.manifest.command(firstWord(r.Text))
	w.mu.Unlock()
	if err != nil && declared {
		return nil, err
	}
	return obj{}, nil
}

// press finds what an action is about.
func (w *Workspace) press(r *uiRequest, u *person) (press, error) {
	p := press{user: u, blockID: r.BlockID, actionID: r.ActionID, given: pick(r.raw, selectedKeys()...), entered: r.Values}
	if u == nil {
		return p, errNoUser
	}
	if r.Container.Type == "view" {
		p.view = w.views.byID[r.Container.ViewID]
		if p.view == nil || p.view.user != u.id {
			return p, fmt.Errorf("no view %q", r.Container.ViewID)
		}
		return p, nil
	}
	_, m, err := w.visibleMessage(u, r.Container.Channel, r.Container.TS)
	p.message = m
	return p, err
}

func (w *Workspace) uiAction(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	p, err := w.press(r, u)
	var sent pending
	if err == nil {
		sent, err = w.act(p)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return obj{"ok": true}, nil
	}
	if _, err := sent.wait(); err != nil {
		return obj{"ok": false, "error": err.Error()}, nil
	}
	return obj{"ok": true}, nil
}

func (w *Workspace) uiOptions(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	p, err := w.press(r, u)
	var sent pending
	if err == nil {
		sent, err = w.suggest(p, r.Value)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	ack, err := sent.wait()
	if err != nil {
		return nil, err
	}
	return ack, nil
}

func (w *Workspace) uiSubmit(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	v := w.views.byID[r.ViewID]
	if u == nil || v == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	sent, missing, err := w.submit(u, v, r.Values)
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return viewAnswer{ResponseAction: "errors", Errors: missing}, nil
	}
	ack, err := sent.wait()
	if err != nil {
		return obj{"response_action": "errors", "error": err.Error()}, nil
	}
	a := viewAnswer{ResponseAction: "close"}
	_ = json.Unmarshal(ack, &a) // validated when it came; an empty one means close
	a.View = nil
	return a, nil
}

func (w *Workspace) uiClose(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.views.byID[r.ViewID]
	if u == nil || v == nil {
		return nil, fmt.Errorf("no view %q", r.ViewID)
	}
	return obj{}, w.closeView(u, v, r.Clear)
}

func (w *Workspace) uiShortcut(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	if u == nil {
		w.mu.Unlock()
		return nil, errNoUser
	}
	var c *channel
	var m *Message
	var err error
	if r.TS != "" {
		c, m, err = w.visibleMessage(u, r.Channel, r.TS)
	}
	var sent pending
	if err == nil {
		sent, err = w.runShortcut(u, r.CallbackID, c, m)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	_, err = sent.wait()
	return obj{}, err
}

func (w *Workspace) uiHome(_ *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	return obj{}, w.openHome(u)
}

func (w *Workspace) uiOpen(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	other := w.people.byID[r.With]
	if u == nil || other == nil {
		return nil, errNoUser
	}
	return obj{"channel": w.openDM(u.id, other.id).id}, nil
}

func (w *Workspace) uiReact(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	c, m, err := w.visibleMessage(u, r.Channel, r.TS)
	if err != nil {
		return nil, err
	}
	return obj{}, w.reactAs(u, c, m, r.Name, r.Remove)
}

func (w *Workspace) uiRead(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	c.lastRead[u.id] = max(r.TS, c.lastRead[u.id])
	w.pages.to(u.id, obj{"type": "channel", "channel": w.channelPage(c, u.id)})
	return obj{}, nil
}

func (w *Workspace) uiFaults(r *uiRequest, _ *person) (any, error) {
	var f struct {
		DropSockets       bool  `json:"drop_sockets"`
		DelayMS           *int  `json:"delay_ms"`
		RateLimit         *int  `json:"rate_limit"`
		ServerErrors      *int  `json:"http_5xx"`
		AcceptThenTimeout *int  `json:"accept_then_timeout"`
		HalfOpen          *bool `json:"half_open"`
		Offline           *bool `json:"offline"`
	}
	body, err := json.Marshal(r.raw)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, err
	}
	for kind, n := range map[FaultKind]*int{FaultRateLimit: f.RateLimit, FaultServerError: f.ServerErrors, FaultAcceptThenTimeout: f.AcceptThenTimeout} {
		if n != nil {
			w.setPending(kind, *n)
		}
	}
	if f.DelayMS != nil {
		w.SetDelay(time.Duration(*f.DelayMS) * time.Millisecond)
	}
	if f.HalfOpen != nil {
		w.SetHalfOpen(*f.HalfOpen)
	}
	if f.Offline != nil {
		w.SetOffline(*f.Offline)
	}
	if f.DropSockets {
		w.DropSockets()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faultsJSON(), nil
}

// uiPanel runs a button of the program that embeds the simulator.
func (w *Workspace) uiPanel(r *uiRequest, _ *person) (any, error) {
	w.mu.Lock()
	groups := w.panel
	w.mu.Unlock()
	for _, g := range groups {
		for _, a := range g.Actions {
			if a.ID != r.ID {
				continue
			}
			message, err := a.Run(r.ctx.Context())
			if err != nil {
				return obj{"ok": false, "error": err.Error()}, nil
			}
			return obj{"ok": true, "message": message}, nil
		}
	}
	return nil, fmt.Errorf("no panel button %q", r.ID)
}
