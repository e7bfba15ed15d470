package socketmode

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"opsbot/slacksim/clock"
	"opsbot/slacksim/workspace"

	"github.com/gorilla/websocket"
)

// Ping times of SF-1.30.
const (
	firstPing = 3 * time.Second
	pingEvery = 10 * time.Second
)

// warningAhead is how long before its end a socket is warned (SF-1.52).
const warningAhead = 10 * time.Second

// closeAfter is how long a socket lives on after refresh_requested.
const closeAfter = time.Second

// socket is one Socket Mode connection. Its fields are guarded by
// Workspace.Mu; frames go out through a queue so that nobody waits for a slow
// client with mu held.
type socket struct {
	w        *Server
	id       int
	host     string
	conn     *websocket.Conn
	life     time.Duration
	out      frameQueue
	draining bool // takes no new payloads
	halfOpen bool
	gone     bool
	timers   []clock.Timer
}

// runSocket serves a connection until it ends.
func (w *Server) runSocket(conn *websocket.Conn, watch *fragmentWatch, life time.Duration) {
	defer conn.Close()
	s, refused := w.addSocket(conn, life)
	if refused != nil {
		// The client may have gone already.
		_ = conn.WriteJSON(refused)
		return
	}
	s.read(watch)
	w.Mu.Lock()
	defer w.Mu.Unlock()
	s.drop()
}

// addSocket registers the connection and queues its hello. Over the limit it
// returns the frame that says so (SF-1.51).
func (w *Server) addSocket(conn *websocket.Conn, life time.Duration) (s *socket, refused obj) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.nextID++
	s = &socket{w: w, id: w.nextID, host: fmt.Sprintf("applink-%d", w.nextID), conn: conn, life: life}
	s.out.init()
	if reason := w.refuseSocket(); reason != "" {
		return nil, s.disconnectFrame(reason)
	}
	w.open[s] = struct{}{}
	s.sendJSON(obj{ // SF-1.10
		"type": "hello", "num_connections": len(w.open), "connection_info": obj{"app_id": w.App.ID},
		"debug_info": obj{"host": s.host, "build_number": 54, "approximate_connection_time": int(life.Seconds())},
	})
	s.schedule()
	w.Group.Go(s.write) // with mu held, so that Close cannot be waiting yet
	w.socketsChanged()
	return s, nil
}

func (w *Server) refuseSocket() string {
	switch {
	case w.Closed:
		return "refresh_requested"
	case w.Faults.LinkRefused:
		return "link_disabled"
	case len(w.open) >= w.Options.MaxSockets:
		w.Violate(workspace.ViolationTooManySockets, "connection number %d", len(w.open)+1)
		return "too_many_websockets"
	default:
		return ""
	}
}

// schedule sets the pings and the end of the socket's life.
func (s *socket) schedule() {
	s.after(firstPing, s.ping)
	if s.life > warningAhead {
		s.after(s.life-warningAhead, func() { s.disconnect("warning") })
	}
	s.after(s.life, func() { s.disconnect("refresh_requested") })
}

// after runs f with mu held unless the socket has gone by then.
func (s *socket) after(d time.Duration, f func()) {
	s.timers = append(s.timers, s.w.Options.Clock.AfterFunc(d, func() {
		s.w.Mu.Lock()
		defer s.w.Mu.Unlock()
		if !s.gone {
			f()
		}
	}))
}

func (s *socket) ping() {
	if !s.halfOpen {
		s.out.put(frame{kind: websocket.PingMessage, data: []byte("Ping from " + s.host)})
	}
	// Pings go on for hours: keep one timer, not one per ping.
	s.timers = slices.Delete(s.timers, 0, 1)
	s.timers = slices.Insert(s.timers, 0, s.w.Options.Clock.AfterFunc(pingEvery, func() {
		s.w.Mu.Lock()
		defer s.w.Mu.Unlock()
		if !s.gone {
			s.ping()
		}
	}))
}

func (s *socket) disconnectFrame(reason string) obj {
	o := obj{"type": "disconnect", "reason": reason, "debug_info": obj{"host": s.host}}
	if reason == "too_many_websockets" {
		o["num_connections"] = len(s.w.open)
		o["connection_info"] = obj{"app_id": s.w.App.ID}
	}
	return o
}

// disconnect announces the end of the socket; only a warning does not end it.
func (s *socket) disconnect(reason string) {
	if s.gone {
		return
	}
	s.sendJSON(s.disconnectFrame(reason))
	if reason == "warning" {
		return
	}
	s.draining = true
	s.after(closeAfter, s.drop)
}

func (s *socket) sendJSON(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return
	}
	s.out.put(frame{kind: websocket.TextMessage, data: data})
}

// drop forgets the socket and cuts its connection.
func (s *socket) drop() {
	if s.gone {
		return
	}
	s.gone = true
	delete(s.w.open, s)
	for _, t := range s.timers {
		t.Stop()
	}
	s.out.close()
	_ = s.conn.NetConn().Close()
	s.w.socketsChanged()
}

// write sends queued frames; gorilla wants a single writer.
func (s *socket) write() {
	for {
		f, ok := s.out.get()
		if !ok {
			return
		}
		if s.conn.WriteMessage(f.kind, f.data) != nil {
			return // the reader notices the same and cleans up
		}
	}
}

// read takes acks until the connection ends. slack-go never says goodbye, so
// 1006 is as good as any other end (SF-1.32, SF-9.9).
func (s *socket) read(watch *fragmentWatch) {
	s.conn.SetPingHandler(func(data string) error {
		s.out.put(frame{kind: websocket.PongMessage, data: []byte(data)})
		return nil
	})
	for {
		kind, data, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		s.w.Mu.Lock()
		switch {
		case s.halfOpen || s.w.Closed:
		case watch.take():
			s.w.Violate(workspace.ViolationAckFragmented, "a fragmented frame of %d bytes is not reassembled by Slack", len(data))
		default:
			s.w.handleAck(s, kind, data)
		}
		s.w.Mu.Unlock()
	}
}
