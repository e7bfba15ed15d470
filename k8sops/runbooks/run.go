package runbooks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Run is one use of a runbook, as it is stored. The calls of its steps are records of their own.
type Run struct {
	// Number and Version are the store's.
	Number  int64 `json:"-"`
	Version int64 `json:"-"`
	// Plan is the id of the call that began it; unique, so that a call that is resumed begins nothing twice.
	Plan    string `json:"plan"`
	Runbook string `json:"runbook"` // the operation that begins it

	User      string `json:"user"` // Slack user id
	Channel   string `json:"channel"`
	ThreadTS  string `json:"thread_ts,omitempty"`
	Incident  string `json:"incident,omitempty"`
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`

	Steps   []Step    `json:"steps"`
	BegunAt time.Time `json:"begun_at"`
	// EndedAt is zero while a step is to come. StoppedBy is who stopped it, "" where it came to its end.
	EndedAt   time.Time `json:"ended_at,omitzero"`
	StoppedBy string    `json:"stopped_by,omitempty"`
	// Shown: the last card stands in the outbox, and nothing more is to be done.
	Shown bool `json:"shown,omitempty"`
}

// Step is a step of a run: a call of one operation.
type Step struct {
	// Name is what other operations know the step by.
	Name  string            `json:"name"`
	Title messages.Text     `json:"title"`
	Call  k8sops.Invocation `json:"call"`
	Line  string            `json:"line"` // the same as a command line, for people
	// Looks: it changes nothing, and opsbot makes the call in the name of whoever began the run.
	Looks bool `json:"looks,omitempty"`
	// Required: it cannot be skipped.
	Required bool          `json:"required,omitempty"`
	Danger   k8sops.Danger `json:"danger"`

	State StepState `json:"state"`
	// Tries counts the calls that were made for it.
	Tries int `json:"tries,omitempty"`
	// By is who decided last, a Slack user id, and At when.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
	// EndedAt is when its last call ended, or it was skipped.
	EndedAt time.Time `json:"ended_at,omitzero"`
	// Result is how its last call stands, a state of a call; Reason is why it was skipped.
	Result string `json:"result,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// StepState is where a step stands.
type StepState string

// The states of a step.
const (
	Waiting StepState = "waiting"
	Running StepState = "running" // its call is made, and not over
	Done    StepState = "done"
	Failed  StepState = "failed"
	Skipped StepState = "skipped"
)

// Store keeps the runs.
type Store interface {
	// AddRun gives the run its number. One that the same call has begun already is returned instead. The error is ErrOpen where another one is
	// open in the namespace.
	AddRun(ctx context.Context, r Run) (Run, error)
	// Run is ErrNotFound where there is none of that number.
	Run(ctx context.Context, number int64) (Run, error)
	// Unfinished are those that are open, and those that are over and not shown, the oldest first.
	Unfinished(ctx context.Context) ([]Run, error)
	// UpdateRun stores the run as its next version, which is returned. The error is ErrConflict where somebody else has changed it.
	UpdateRun(ctx context.Context, r Run) (Run, error)
}

// What a Store answers.
var (
	ErrOpen     = errors.New("another guided run is open in the namespace")
	ErrNotFound = errors.New("no such guided run")
	ErrConflict = errors.New("guided run changed concurrently")
)

// IsOver tells whether no step is to come.
func (r Run) IsOver() bool { return !r.EndedAt.IsZero() }

// Current is the step that is under way or comes next, -1 where there is none. A look that failed holds nothing up.
func (r Run) Current() int {
	for i, s := range r.Steps {
		if s.State == Waiting || s.State == Running || s.State == Failed && !s.Looks {
			return i
		}
	}
	return -1
}

// CallID is the id of the call that a try of a step makes. It follows from the run, so that no second call can be made for it.
func (r Run) CallID(step int) string {
	return fmt.Sprintf("g%d-%d-%d", r.Number, step+1, r.Steps[step].Tries)
}

// Key is that of the run's card in the outbox.
func (r Run) Key() string { return fmt.Sprintf("runbook/%d", r.Number) }
