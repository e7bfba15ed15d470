package slacksim

import (
	"bytes"
	"encoding/json"
	"time"

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
	*envelope
	id    string
	sock  *socket
	sent  time.Time
	timer Timer
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
	retries  map[Timer]struct{}
}

func (f *flights) init() {
	f.flying = map[string]*flight{}
	f.finished = map[string]string{}
	f.retries = map[Timer]struct{}{}
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
		if x.done != nil {
			x.done(nil, errDispatchFailed)
		}
	}
	clear(f.flying)
	for t := range f.retries {
		t.Stop()
	}
}

// Deliver sends the envelope over one random socket (SF-1.50).
func (w *Sockets) Deliver(e *envelope) {
	takers := w.takers()
	if w.closed || w.faults.offline || len(takers) == 0 {
		w.undelivered(e, errDispatchFailed)
		return
	}
	s := takers[w.rand.IntN(len(takers))]
	// Whether the id changes on a retry is not documented; a new one makes
	// sure that nobody dedupes on it (SF-1.41).
	f := &flight{envelope: e, id: uuid.NewString(), sock: s, sent: w.opts.Clock.Now()}
	w.flights.flying[f.id] = f
	f.timer = w.opts.Clock.AfterFunc(ackDeadline, func() { w.ackTimeout(f) })
	if s.halfOpen {
		f.lost = true
		return
	}
	s.sendJSON(f.json())
}

func (f *flight) json() obj {
	o := obj{"envelope_id": f.id, "type": f.kind, "payload": f.payload, "accepts_response_payload": f.kind != "events_api"}
	if f.kind == "events_api" { // SF-1.20
		o["retry_attempt"] = f.attempt
		o["retry_reason"] = ""
		if f.attempt > 0 {
			o["retry_reason"] = "timeout"
		}
	}
	return o
}

func (w *Sockets) ackTimeout(f *flight) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.flights.flying[f.id] != f {
		return
	}
	w.flights.finish(f.id, "missed")
	// A link that broke or was broken on purpose is not the app's fault.
	if !f.sock.gone && !f.lost && !f.sock.draining {
		w.violate(violationAckMissed, "no ack within 3 s for %s %s", f.kind, f.what)
	}
	w.undelivered(f.envelope, errOperationTimeout)
}

// undelivered retries events and tells the person about anything else
// (SF-1.43).
func (w *Sockets) undelivered(e *envelope, reason error) {
	defer w.waiters.bump()
	if e.kind != "events_api" {
		if e.done != nil {
			e.done(nil, reason)
		}
		return
	}
	delays := retryDelays()
	if e.attempt >= len(delays) || w.closed {
		return
	}
	delay := delays[e.attempt]
	e.attempt++
	w.retryLater(e, delay)
}

func (w *Sockets) retryLater(e *envelope, delay time.Duration) {
	retries := w.flights.retries
	var timer Timer
	timer = w.opts.Clock.AfterFunc(delay, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
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

func (w *Sockets) handleAck(s *socket, kind int, data []byte) {
	var ack ackFrame
	switch {
	case kind != websocket.TextMessage, json.Unmarshal(data, &ack) != nil, ack.EnvelopeID == "":
		w.violate(violationAckNotJSON, "a frame of %d bytes is not an ack: %.80q", len(data), data)
		return
	case len(data) >= maxAck:
		w.violate(violationAckTooLarge, "an ack of %d bytes is ignored by Slack", len(data))
		return
	}
	f := w.flights.flying[ack.EnvelopeID]
	if f == nil {
		w.strayAck(ack.EnvelopeID)
		return
	}
	if f.sock != s && w.opts.AcksBoundToSocket { // SF-1.54
		w.violate(violationAckOtherSocket, "the ack for %s %s came on socket %d, sent on %d", f.kind, f.what, s.id, f.sock.id)
		return
	}
	w.acked(f, ack.Payload)
}

func (w *Sockets) acked(f *flight, payload json.RawMessage) {
	f.timer.Stop()
	w.flights.finish(f.id, "acked")
	defer w.waiters.bump()
	payload = bytes.TrimSpace(payload)
	if string(payload) == "null" {
		payload = nil
	}
	if f.kind == "events_api" {
		if len(payload) > 0 {
			w.violate(violationAckPayload, "the ack for event %s has a payload", f.what)
		}
		return
	}
	if f.done != nil {
		f.done(payload, nil)
	}
}

func (w *Sockets) strayAck(id string) {
	switch w.flights.finished[id] {
	case "acked":
		w.violate(violationAckTwice, "envelope %s was acked before", id)
	case "missed":
		// The miss itself is on record.
	default:
		w.violate(violationAckUnknown, "no envelope %s was sent", id)
	}
}
