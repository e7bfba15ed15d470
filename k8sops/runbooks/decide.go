package runbooks

import (
	"slices"
	"time"
)

// Outcome is what became of the call of a step.
type Outcome struct {
	// Result is the state of the call, for people.
	Result string
	// Succeeded: what it changed is proven. Begun: it may have changed something.
	Succeeded, Begun bool
	At               time.Time
}

// mostLooks is how often a look is begun that opsbot is stopped in the middle of.
const mostLooks = 3

// Begin is the run with a step under way, at somebody's word.
func (r Run) Begin(step int, by string, now time.Time) Run {
	return r.with(step, func(s *Step) {
		s.State, s.By, s.At, s.EndedAt, s.Result = Running, by, now.UTC(), time.Time{}, ""
		s.Tries++
	})
}

// Stands is the run with how the call of a step stands.
func (r Run) Stands(step int, result string) Run {
	return r.with(step, func(s *Step) { s.Result = result })
}

// Settle is the run once the call of a step is over. A call that was never begun has changed nothing: the step waits again, for whoever may.
func (r Run) Settle(step int, o Outcome) Run {
	return r.with(step, func(s *Step) {
		s.Result, s.EndedAt = o.Result, o.At.UTC()
		switch {
		case o.Succeeded:
			s.State = Done
		case o.Begun || s.Looks:
			s.State = Failed
		default:
			s.State = Waiting
		}
	})
}

// Repeat is the run with a look to be taken once more, because opsbot was stopped in the middle of it; ok is false where that has happened
// too often.
func (r Run) Repeat(step int) (again Run, ok bool) {
	if s := r.Steps[step]; !s.Looks || s.Tries >= mostLooks {
		return r, false
	}
	return r.with(step, func(s *Step) { s.State = Waiting }), true
}

// Skip is the run without a step, at somebody's word.
func (r Run) Skip(step int, by, reason string, now time.Time) Run {
	return r.with(step, func(s *Step) {
		s.State, s.By, s.At, s.EndedAt, s.Reason = Skipped, by, now.UTC(), now.UTC(), reason
	})
}

// Stop is the run with nothing to come. A call that is under way goes on by itself.
func (r Run) Stop(by string, now time.Time) Run {
	r.StoppedBy, r.EndedAt = by, now.UTC()
	return r
}

// End is the run with every step behind it.
func (r Run) End(now time.Time) Run {
	r.EndedAt = now.UTC()
	return r
}

func (r Run) with(step int, change func(*Step)) Run {
	r.Steps = slices.Clone(r.Steps)
	change(&r.Steps[step])
	return r
}
