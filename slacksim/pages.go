package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// pageBuffer is how many events a page may lag behind before it is cut off;
// it then reconnects and reloads.
const pageBuffer = 1024

// pageStream is one open page.
type pageStream struct {
	user   string
	events chan []byte
}

type pageStreams struct{ open map[*pageStream]struct{} }

func (p *pageStreams) init() { p.open = map[*pageStream]struct{}{} }

func (p *pageStreams) each(event func(user string) obj) {
	for s := range p.open {
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
			p.drop(s)
		}
	}
}

func (p *pageStreams) drop(s *pageStream) {
	if _, ok := p.open[s]; ok {
		delete(p.open, s)
		close(s.events)
	}
}

func (p *pageStreams) all(event obj) { p.each(func(string) obj { return event }) }

func (p *pageStreams) to(user string, event obj) {
	p.each(func(u string) obj {
		if u != user {
			return nil
		}
		return event
	})
}

func (p *pageStreams) closeAll() {
	for s := range p.open {
		p.drop(s)
	}
}

// serveEvents streams events to one page (Server-Sent Events).
func (w *Workspace) serveEvents(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	u := w.people.find(r.URL.Query().Get("user"))
	if u == nil || w.closed {
		w.mu.Unlock()
		writeUIError(rw, fmt.Errorf("no such user"))
		return
	}
	s := &pageStream{user: u.id, events: make(chan []byte, pageBuffer)}
	w.pages.open[s] = struct{}{}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.pages.drop(s)
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
