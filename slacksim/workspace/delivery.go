package workspace

import (
	"encoding/json"
	"errors"
)

// What a person sees when the app does not answer (SF-1.28).
var (
	ErrDispatchFailed   = errors.New("dispatch_failed")
	ErrOperationTimeout = errors.New("operation_timeout")
)

// Envelope is one payload on its way to the app.
type Envelope struct {
	Kind    string // events_api, slash_commands or interactive
	What    string // for violations, such as "/scale" or "app_mention"
	Payload any
	Attempt int
	// Done gets the ack's payload or the reason why there was none. It runs
	// with Workspace.Mu held. Events have none.
	Done func(ack json.RawMessage, err error)
}

// delivery takes payloads to the app; Socket Mode does.
type delivery interface {
	Deliver(e *Envelope)
}
