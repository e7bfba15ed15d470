package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"
)

// ErrNotFound is returned where no schedule of that number is to come.
var ErrNotFound = errors.New("no such schedule")

// State is where a schedule stands.
type State string

// The states of a schedule.
const (
	Active    State = "active"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed" // nobody may run it any more
)

// Schedule is a call of an operation that is to be made later, in the name of the person who planned it.
type Schedule struct {
	// Number is given by the store. It is never given twice.
	Number int64 `json:"number"`
	// Plan is the id of the call that planned it; unique, so that a call that is resumed plans nothing twice.
	Plan string `json:"plan"`

	Operation string            `json:"operation"`
	Args      map[string]string `json:"args,omitempty"`
	Command   string            `json:"command"` // the same as a command line, for people

	User      string `json:"user"` // Slack user id
	Channel   string `json:"channel"`
	ThreadTS  string `json:"thread_ts,omitempty"`
	Incident  string `json:"incident,omitempty"`
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`

	// Cron repeats it, in the clocks of Zone; "" is for once.
	Cron string `json:"cron,omitempty"`
	Zone string `json:"zone,omitempty"`
	// For is after how long what was done is put back, 0 for never.
	For time.Duration `json:"for,omitempty"`
	// Saved is what the call puts back, in the operation's own form. Such a schedule ends when the operation ends it, because everything is back:
	// until then the call is made again and again.
	Saved json.RawMessage `json:"saved,omitempty"`

	State State `json:"state"`
	// Due is when the next call is to be made. Back says that this one puts back what the call Last did.
	Due  time.Time `json:"due"`
	Back bool      `json:"back,omitempty"`
	Last string    `json:"last,omitempty"`
	// Made counts the calls so far, those that were skipped included.
	Made      int       `json:"made,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	EndedBy   string    `json:"ended_by,omitempty"` // Slack user id of who cancelled it
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

// CallID is the id of the next call. It follows from the schedule, so that an opsbot that takes over makes no other call.
func (s Schedule) CallID() string { return fmt.Sprintf("s%d-%d", s.Number, s.Made+1) }

// SourceID is the unique request that the next call answers.
func (s Schedule) SourceID() string {
	return fmt.Sprintf("schedule/%d/%s", s.Number, s.Due.UTC().Format(time.RFC3339))
}

// LateLimit is how late a call is still made after a time in which opsbot was down.
const LateLimit = time.Hour

// IsTooLate tells whether the call that is due should not be made any more. What is to be put back is put back however late it is:
// people count on it.
func (s Schedule) IsTooLate(now time.Time) bool {
	if s.Back || s.Insists() {
		return false
	}
	return now.Sub(s.Due) >= LateLimit || s.For > 0 && now.Sub(s.Due) >= s.For
}

// Until is when the next call's change is put back, zero where it is not.
func (s Schedule) Until() time.Time {
	if s.For == 0 || s.Back {
		return time.Time{}
	}
	return s.Due.Add(s.For)
}

// AfterCall is the schedule once the call that was due is made.
func (s Schedule) AfterCall(now time.Time) (Schedule, error) {
	call, until := s.CallID(), s.Until()
	s.Made++
	if s.Insists() {
		s.Last, s.Due = call, now.Add(pauseAfter(s.Made)).UTC()
		return s, nil
	}
	if !until.IsZero() {
		s.Back, s.Last, s.Due = true, call, until
		return s, nil
	}
	return s.next(now)
}

// AfterSkip is the schedule once the call that was due is left out.
func (s Schedule) AfterSkip(now time.Time) (Schedule, error) {
	s.Made++
	return s.next(now)
}

// Insists reports whether the call is made until what it puts back is back.
func (s Schedule) Insists() bool { return len(s.Saved) > 0 }

// NumberArg is the argument by which the call of a schedule that insists is told which schedule it is of.
const NumberArg = "number"

// WithNumber is the schedule with its number among the arguments of its call, where the call has to know it.
func (s Schedule) WithNumber() Schedule {
	if !s.Insists() || s.Args[NumberArg] != "" {
		return s
	}
	number := strconv.FormatInt(s.Number, 10)
	args := maps.Clone(s.Args)
	if args == nil {
		args = map[string]string{}
	}
	args[NumberArg] = number
	s.Args, s.Command = args, s.Command+" "+number
	return s
}

// The pauses between two tries of a call that insists.
const (
	firstPause = time.Minute
	maxPause   = time.Hour
)

// pauseAfter is the time until the next try, which doubles with every one.
func pauseAfter(tries int) time.Duration {
	return min(firstPause<<min(tries-1, 10), maxPause)
}

// Ended is the schedule with nothing to come.
func (s Schedule) Ended(state State, by string, at time.Time) Schedule {
	s.State, s.EndedBy, s.EndedAt = state, by, at.UTC()
	return s
}

func (s Schedule) next(now time.Time) (Schedule, error) {
	s.Back, s.Last = false, ""
	if s.Cron == "" {
		return s.Ended(Done, "", now), nil
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return s, fmt.Errorf("schedule %d: %w", s.Number, err)
	}
	after := s.Due
	if now.After(after) {
		after = now
	}
	due, err := NextCron(s.Cron, after.In(zone))
	s.Due = due.UTC()
	return s, err
}
