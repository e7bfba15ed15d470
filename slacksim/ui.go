package slacksim

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
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
