// Package page serves the simulator's web page and its calls (web/API.md), and streams to each open page what happens.
package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/client"
	"opsbot/slacksim/workspace"
)

// sockets are the connections of Socket Mode, which the page can break.
type sockets interface {
	SetHalfOpen(on bool)
	SetOffline(offline bool)
	DropSockets()
}

// Server serves the web page of a workspace.
type Server struct {
	*workspace.Workspace
	client  *client.Client
	sockets sockets
	dist    fs.FS
	panel   []workspace.PanelGroup
	open    map[*stream]struct{}
}

// New makes the server of a page that was built into dist.
func New(w *workspace.Workspace, people *client.Client, s sockets, dist fs.FS) *Server {
	return &Server{Workspace: w, client: people, sockets: s, dist: dist, panel: w.Options.Panel, open: map[*stream]struct{}{}}
}

// Route serves the page and the calls of web/API.md.
func (w *Server) Route(mux *http.ServeMux) {
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
	files := http.FileServerFS(w.dist)
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := fs.Stat(w.dist, r.URL.Path[1:]); r.URL.Path != "/" && err != nil {
			r.URL.Path = "/" // permalinks lead to the page
		}
		files.ServeHTTP(rw, r)
	})
}

// maxRequest bounds what the page may post.
const maxRequest = 16 << 20

// uiRequest is the union of the bodies of web/API.md.
type uiRequest struct {
	User, Channel, Text, Name, With, Value string
	ThreadTS                               string         `json:"thread_ts"`
	TS                                     string         `json:"ts"`
	Container                              uiContainer    `json:"container"`
	BlockID                                string         `json:"block_id"`
	ActionID                               string         `json:"action_id"`
	ViewID                                 string         `json:"view_id"`
	Values                                 blockkit.State `json:"values"`
	CallbackID                             string         `json:"callback_id"`
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

type uiHandler func(r *uiRequest, u *workspace.Person) (any, error)

// ui decodes a call; the handler runs without the workspace's lock.
func (w *Server) ui(handle uiHandler) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		req, err := readUI(r)
		if err != nil {
			writeUIError(rw, err)
			return
		}
		w.Mu.Lock()
		u := w.People.Find(req.User)
		w.Mu.Unlock()
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
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
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

// obj is a JSON object on its way out.
type obj = map[string]any
