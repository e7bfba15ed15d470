package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// pageBuffer is how many events a page may lag behind before it is cut off;
// it then reconnects and reloads.
const pageBuffer = 1024

// stream is one open page.
type stream struct {
	user   string
	events chan []byte
}

func (w *Server) each(event func(user string) obj) {
	for s := range w.open {
		e := event(s.user)
		if e == nil {
			continue
		}
		data, err := json.Marshal(e)
		if err != nil {
			continue
		}
		select {
		case s.events <- data:
		default:
			w.drop(s)
		}
	}
}

func (w *Server) drop(s *stream) {
	if _, ok := w.open[s]; ok {
		delete(w.open, s)
		close(s.events)
	}
}

// CloseStreams cuts all pages off.
func (w *Server) CloseStreams() {
	for s := range w.open {
		w.drop(s)
	}
}

// serveEvents streams events to one page (Server-Sent Events).
func (w *Server) serveEvents(rw http.ResponseWriter, r *http.Request) {
	w.Mu.Lock()
	u := w.People.Find(r.URL.Query().Get("user"))
	if u == nil || w.Closed {
		w.Mu.Unlock()
		writeUIError(rw, fmt.Errorf("no such user"))
		return
	}
	s := &stream{user: u.ID, events: make(chan []byte, pageBuffer)}
	w.open[s] = struct{}{}
	w.Mu.Unlock()
	defer func() {
		w.Mu.Lock()
		defer w.Mu.Unlock()
		w.drop(s)
	}()
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(rw)
	fmt.Fprint(rw, ": hello\n\n")
	_ = flush.Flush()
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for {
		select {
		case data, ok := <-s.events:
			if !ok {
				return
			}
			fmt.Fprintf(rw, "data: %s\n\n", data)
		case <-alive.C:
			fmt.Fprint(rw, ": alive\n\n")
		case <-r.Context().Done():
			return
		}
		if flush.Flush() != nil {
			return
		}
	}
}
