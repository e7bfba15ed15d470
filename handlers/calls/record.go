package calls

import (
	"context"
	"errors"
	"time"

	"opsbot/handlers/audit"
	"opsbot/k8sops"
	"opsbot/messages"
)

// State is where a call stands.
type State string

// The states of a call. Interrupted means that opsbot was stopped while it ran: what happened is said, never guessed.
const (
	Accepted    State = "accepted" // stored, not yet planned
	Planned     State = "planned"  // waits for the requester's confirmation
	Approval    State = "approval" // waits for a second person
	Running     State = "running"
	Unclear     State = "unclear" // a person must say whether a step was done
	Succeeded   State = "succeeded"
	Failed      State = "failed"
	Refused     State = "refused"
	Cancelled   State = "cancelled"
	Expired     State = "expired"
	Interrupted State = "interrupted"
)

// Record is one call of an operation as it is stored: enough to go on after a restart and to account for it for ever.
type Record struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	// SourceID identifies the request in Slack (envelope, event or press); unique, so that no request runs twice.
	SourceID  string          `json:"source_id"`
	State     State           `json:"state"`
	Operation string          `json:"operation"`
	Args      k8sops.Args     `json:"args,omitempty"`
	Command   string          `json:"command"` // canonical command line
	Cluster   string          `json:"cluster"`
	Namespace string          `json:"namespace"`
	Identity  k8sops.Identity `json:"identity"`
	Source    k8sops.Source   `json:"source"`
	Locale    string          `json:"locale,omitempty"`
	// Private answers are for the requester alone.
	Private bool `json:"private,omitempty"`
	// Withheld is why the answer goes to the requester's direct messages and not to the channel; zero where the channel may read it.
	Withheld messages.Text `json:"withheld,omitzero"`
	// ReplyTo is the key of the message whose thread the answer goes into, "" where Source says it.
	ReplyTo string `json:"reply_to,omitempty"`
	// ResponseURL answers where the bot may not post; alive for 30 minutes (SF-2.6).
	ResponseURL string        `json:"response_url,omitempty"`
	Danger      k8sops.Danger `json:"danger"`
	Plan        *k8sops.Plan  `json:"plan,omitempty"`
	// Digest binds an approval to the exact call and plan.
	Digest     string `json:"digest,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"` // Slack user id
	// ApprovedAs is the Kubernetes user of whoever approved; calls of older versions have none.
	ApprovedAs string `json:"approved_as,omitempty"`
	// MayBreakGlass: whoever asked may run the call without a second person, and BrokeGlass is the reason of one who did.
	MayBreakGlass bool   `json:"may_break_glass,omitempty"`
	BrokeGlass    string `json:"broke_glass,omitempty"`
	Outcome       string `json:"outcome,omitempty"` // for the audit record, English
	// Steps are those of the run so far, in the order of the operation's. Calls of older versions have none.
	Steps []Step `json:"steps,omitempty"`
	// UndoCall takes the call back, nil where nothing does; Undo is the same as a command line, all that older versions stored.
	// Answer is the card that offers it, without the offer: it is shown once more when the call is undone.
	Undo     string             `json:"undo,omitempty"`
	UndoCall *k8sops.Invocation `json:"undo_call,omitempty"`
	Answer   *messages.Card     `json:"answer,omitempty"`
	// Undone says who took the call back; nil while that is still possible.
	Undone *Undone `json:"undone,omitempty"`
	// Undoes is the id of the call that this one takes back, "" for any other call.
	Undoes string `json:"undoes,omitempty"`
	// Schedule is the number of the schedule that made the call, 0 for one that a person made. It is then Unattended, as long as
	// what it would do is what the planner has confirmed.
	Schedule   int64 `json:"schedule,omitempty"`
	Unattended bool  `json:"unattended,omitempty"`
	// Unaudited: the audit record has no row of it yet. The row that it was requested is stored in front of the next one, before anything is done.
	Unaudited  bool      `json:"unaudited,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

// Over tells whether nothing more will come of the call.
func (r Record) Over() bool {
	switch r.State {
	case Accepted, Planned, Approval, Running, Unclear:
		return false
	}
	return true
}

// Step is a step that was begun.
type Step struct {
	Name    string    `json:"name"`
	BegunAt time.Time `json:"begun_at"`
	// DoneAt is zero while it runs, and where nobody knows how it ended.
	DoneAt time.Time `json:"done_at,omitzero"`
	// Tries counts how often it was begun.
	Tries int `json:"tries"`
}

// Undone names the person (Slack user id) and the call that took another call back.
type Undone struct {
	User string `json:"user"`
	Call string `json:"call"`
}

// Change is a new version of a call, with its audit event and what is to be said about it. An Event without Action is none.
type Change struct {
	Record Record
	// Requested stands in front of Event where the call is new to the audit record; without Action where it is not.
	Requested audit.Event
	Event     audit.Event
	Say       []messages.Outbound
}

// ErrDuplicate is returned by Calls.Create for a SourceID that is known: the request was seen before.
var ErrDuplicate = errors.New("request seen before")

// ErrConflict is returned by Calls.Update when the record was changed by somebody else since it was read.
var ErrConflict = errors.New("call changed concurrently")

// ErrNotFound is returned when there is no such call.
var ErrNotFound = errors.New("no such call")

// Store keeps the records of calls. Create and Update write the audit event and the messages in the same transaction, so
// that what people see and what is recorded cannot part.
type Store interface {
	// Create stores a call; an event without Action is none.
	Create(ctx context.Context, r Record, event audit.Event, m ...messages.Outbound) error
	// Update stores all of the changes, or none where a record's Version is not the stored one any more (ErrConflict) or
	// there is no such call (ErrNotFound). Every stored Version grows by one.
	Update(ctx context.Context, changes ...Change) error
	Call(ctx context.Context, id string) (Record, error)
	// Unfinished returns calls in the given state, oldest first.
	Unfinished(ctx context.Context, state State) ([]Record, error)
}
