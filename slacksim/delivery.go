package slacksim

import (
	"encoding/json"
	"errors"
)

// What a person sees when the app does not answer (SF-1.28).
var (
	errDispatchFailed   = errors.New("dispatch_failed")
	errOperationTimeout = errors.New("operation_timeout")
)

// envelope is one payload on its way to the app.
type envelope struct {
	kind    string // events_api, slash_commands or interactive
	what    string // for violations, such as "/scale" or "app_mention"
	payload any
	attempt int
	// done gets the ack's payload or the reason why there was none. It runs
	// with Workspace.mu held. Events have none.
	done func(ack json.RawMessage, err error)
}

// delivery takes payloads to the app; Socket Mode does.
type delivery interface {
	Deliver(e *envelope)
}
