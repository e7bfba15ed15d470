package socketmode

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// ticketLife is how long the URL of apps.connections.open can be dialled
// (SF-1.5).
const ticketLife = 30 * time.Second

// debugLifetime is a socket's life with debug_reconnects=true (SF-1.4).
const debugLifetime = 360 * time.Second

// NewURL is a URL that can be dialled once, for the answer to apps.connections.open.
func (w *Server) NewURL() string {
	ticket := w.RandomHex(16)
	w.tickets[ticket] = w.Options.Clock.Now().Add(ticketLife)
	query := url.Values{"ticket": {ticket}, "app_id": {w.App.ID}}
	return "ws" + strings.TrimPrefix(w.URL(), "http") + "/link/?" + query.Encode()
}

// useTicket consumes a ticket; each is good for one dial.
func (w *Server) useTicket(ticket string) bool {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	now := w.Options.Clock.Now()
	expires, ok := w.tickets[ticket]
	delete(w.tickets, ticket)
	for t, at := range w.tickets {
		if now.After(at) {
			delete(w.tickets, t)
		}
	}
	return ok && !now.After(expires)
}

// Serve upgrades a dial. Any Origin is fine: slack-go sends
// https://api.slack.com (SF-1.6).
func (w *Server) Serve(rw http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if !w.useTicket(query.Get("ticket")) {
		http.Error(rw, "invalid ticket", http.StatusForbidden)
		return
	}
	// A read buffer of its own keeps the upgrader from reading past the watch.
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, ReadBufferSize: 4 << 10, WriteBufferSize: 32 << 10}
	watch := &fragmentWatch{}
	conn, err := upgrader.Upgrade(&watchedWriter{ResponseWriter: rw, watch: watch}, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	life := w.Options.ConnectionLifetime
	if query.Get("debug_reconnects") == "true" {
		life = debugLifetime
	}
	w.runSocket(conn, watch, life)
}
