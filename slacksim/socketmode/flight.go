package socketmode

import (
	"bytes"
	"encoding/json"
	"time"

	"opsbot/slacksim/clock"
	"opsbot/slacksim/workspace"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// ackDeadline is how long the app has for an ack (SF-1.23).
const ackDeadline = 3 * time.Second

// maxAck is the size from which Slack silently ignores an ack (SF-1.24).
const maxAck = 20480

// retryDelays are the times from a failed delivery to the next one (SF-1.40,
// SF-1.41).
func retryDelays() []time.Duration {
	return []time.Duration{time.Second, time.Minute, 5 * time.Minute}
}

// flight is an envelope that was sent and waits for its ack.
type flight struct {
	*workspace.Envelope
	id    string
	sock  *socket
	sent  time.Time
	timer clock.Timer
	// lost: the link was half open while it flew.
	lost bool
}

// maxRemembered is how many finished envelope ids are kept to tell an ack that
// comes twice or late from one that was never asked for.
const maxRemembered = 4096

type flights struct {
	flying   map[string]*flight
	finished map[string]string // id → "acked" or "missed"
	order    []string
	retries  map[clock.Timer]struct{}
}

func (f *flights) init() {
	f.flying = map[string]*flight{}
	f.finished = map[string]string{}
	f.retries = map[clock.Timer]struct{}{}
}

func (f *flights) finish(id, how string) {
	delete(f.flying, id)
	f.finished[id] = how
	f.order = append(f.order, id)
	if len(f.order) > maxRemembered {
		delete(f.finished, f.order[0])
		f.order = f.order[1:]
	}
}

func (f *flights) stopAll() {
	for _, x := range f.flying {
		x.timer.Stop()
		if x.Done != nil {
			x.Done(nil, workspace.ErrDispatchFailed)
		}
	}
	clear(f.flying)
	for t := range f.retries {
		t.Stop()
	}
}

// Deliver sends the envelope over one random socket (SF-1.50).
func (w *Server) Deliver(e *workspace.Envelope) {
	takers := w.takers()
	if w.Closed || w.Faults.Offline || len(takers) == 0 {
		w.undelivered(e, workspace.ErrDispatchFailed)
		return
	}
	s := takers[w.Rand.IntN(len(takers))]
	// Whether the id changes on a retry is not documented; a new one makes
	// sure that nobody dedupes on it (SF-1.41).
	f := &flight{Envelope: e, id: uuid.NewString(), sock: s, sent: w.Options.Clock.Now()}
	w.flights.flying[f.id] = f
	f.timer = w.Options.Clock.AfterFunc(ackDeadline, func() { w.ackTimeout(f) })
	if s.halfOpen {
		f.lost = true
		return
	}
	s.sendJSON(f.json())
}

func (f *flight) json() obj {
	o := obj{"envelope_id": f.id, "type": f.Kind, "payload": f.Payload, "accepts_response_payload": f.Kind != "events_api"}
	if f.Kind == "events_api" { // SF-1.20
		o["retry_attempt"] = f.Attempt
		o["retry_reason"] = ""
		if f.Attempt > 0 {
			o["retry_reason"] = "timeout"
		}
	}
	return o
}

func (w *Server) ackTimeout(f *flight) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.flights.flying[f.id] != f {
		return
	}
	w.flights.finish(f.id, "missed")
	// A link that broke or was broken on purpose is not the app's fault.
	if !f.sock.gone && !f.lost && !f.sock.draining {
		w.Violate(workspace.ViolationAckMissed, "no ack within 3 s for %s %s", f.Kind, f.What)
	}
	w.undelivered(f.Envelope, workspace.ErrOperationTimeout)
}

// undelivered retries events and tells the person about anything else
// (SF-1.43).
func (w *Server) undelivered(e *workspace.Envelope, reason error) {
	defer w.Waiters.Bump()
	if e.Kind != "events_api" {
		if e.Done != nil {
			e.Done(nil, reason)
		}
		return
	}
	delays := retryDelays()
	if e.Attempt >= len(delays) || w.Closed {
		return
	}
	delay := delays[e.Attempt]
	e.Attempt++
	w.retryLater(e, delay)
}

func (w *Server) retryLater(e *workspace.Envelope, delay time.Duration) {
	retries := w.flights.retries
	var timer clock.Timer
	timer = w.Options.Clock.AfterFunc(delay, func() {
		w.Mu.Lock()
		defer w.Mu.Unlock()
		delete(retries, timer)
		w.Deliver(e)
	})
	retries[timer] = struct{}{}
}

// ackFrame is what the app sends back (SF-1.22).
type ackFrame struct {
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
}

func (w *Server) handleAck(s *socket, kind int, data []byte) {
	var ack ackFrame
	switch {
	case kind != websocket.TextMessage, json.Unmarshal(data, &ack) != nil, ack.EnvelopeID == "":
		w.Violate(workspace.ViolationAckNotJSON, "a frame of %d bytes is not an ack: %.80q", len(data), data)
		return
	case len(data) >= maxAck:
		w.Violate(workspace.ViolationAckTooLarge, "an ack of %d bytes is ignored by Slack", len(data))
		return
	}
	f := w.flights.flying[ack.EnvelopeID]
	if f == nil {
		w.strayAck(ack.EnvelopeID)
		return
	}
	if f.sock != s && w.Options.AcksBoundToSocket { // SF-1.54
		w.Violate(workspace.ViolationAckOtherSocket, "the ack for %s %s came on socket %d, sent on %d", f.Kind, f.What, s.id, f.sock.id)
		return
	}
	w.acked(f, ack.Payload)
}

func (w *Server) acked(f *flight, payload json.RawMessage) {
	f.timer.Stop()
	w.flights.finish(f.id, "acked")
	defer w.Waiters.Bump()
	payload = bytes.TrimSpace(payload)
	if string(payload) == "null" {
		payload = nil
	}
	if f.Kind == "events_api" {
		if len(payload) > 0 {
			w.Violate(workspace.ViolationAckPayload, "the ack for event %s has a payload", f.What)
		}
		return
	}
	if f.Done != nil {
		f.Done(payload, nil)
	}
}

func (w *Server) strayAck(id string) {
	switch w.flights.finished[id] {
	case "acked":
		w.Violate(workspace.ViolationAckTwice, "envelope %s was acked before", id)
	case "missed":
		// The miss itself is on record.
	default:
		w.Violate(workspace.ViolationAckUnknown, "no envelope %s was sent", id)
	}
}
