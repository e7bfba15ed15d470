package audit

import (
	"context"
	"time"
)

// Event is one line of the audit record. It holds no secrets and no free text from outside but the command line.
type Event struct {
	At        time.Time         `json:"at"`
	Action    string            `json:"action"` // requested, refused, planned, confirmed, approved, started, succeeded, failed, …
	Call      string            `json:"call,omitempty"`
	Actor     string            `json:"actor"`          // Slack user id of whoever did it
	User      string            `json:"user,omitempty"` // Kubernetes user that the call runs as: the requester's
	Command   string            `json:"command,omitempty"`
	Cluster   string            `json:"cluster,omitempty"`
	Namespace string            `json:"namespace,omitempty"`
	Incident  string            `json:"incident,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
}

// Log takes events that change no call.
type Log interface {
	Audit(ctx context.Context, event Event) error
}
