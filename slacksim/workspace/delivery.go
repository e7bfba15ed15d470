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

// pages are the open pages of people. The methods are called with the workspace's lock held.
type pages interface {
	// Message tells of a message that was posted ("message"), changed ("message_changed") or deleted ("message_deleted").
	Message(event string, c *Channel, m *Message)
	Channel(c *Channel)
	// View shows a modal ("view") or a Home tab ("home").
	View(event string, v *View)
	// Send is for all other events; they go to the pages of one user, or of all when that is "".
	Send(user string, event obj)
}
