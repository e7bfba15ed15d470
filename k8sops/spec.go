package k8sops

import (
	"context"
	"encoding/json"
	"fmt"

	"opsbot/messages"
)

// ReadSpec declares an operation that looks and changes nothing. A is a struct with a field for each argument.
type ReadSpec[A any] struct {
	Meta
	// Args declares the arguments and binds each to a field of a.
	Args func(a *A) []Arg
	// Answer gathers what the person asked for.
	Answer func(context.Context, *Call, A, Progress) (*Result, error)
}

// Operation is the operation as the catalogue holds it.
func (s ReadSpec[A]) Operation() Operation {
	op := Operation{Meta: s.Meta, Args: declared(s.Args)}
	op.Answer = func(ctx context.Context, call *Call, p Progress) (*Result, error) {
		args, err := decode(s.Args, call)
		if err != nil {
			return nil, err
		}
		return s.Answer(ctx, call, args, p)
	}
	return op
}

// ChangeSpec declares an operation that changes something. A is a struct with a field for each argument. S is a struct of
// what Plan found out and the steps, Verify and Undo need; it is stored as JSON between them. What a step finds out, it writes
// there too. Nothing is read back from what people were shown.
type ChangeSpec[A, S any] struct {
	Meta
	// Args declares the arguments and binds each to a field of a.
	Args func(a *A) []Arg
	// Plan says what would change, from live state, with a server-side dry run. It changes nothing, and planning the same
	// state twice gives the same: that is how it is seen that an approval still holds.
	Plan func(context.Context, *Call, A) (*Plan, S, error)
	// Steps make the change, one after the other. They survive a restart of opsbot.
	Steps []Step[A, S]
	// Verify proves from live state that the change took, waiting for it where it needs time. It changes nothing, so that a
	// restart simply begins it again.
	Verify func(context.Context, *Run[A, S]) (*Verification, error)
	// Report is the answer once the steps are done. Nil shows the plan's summary and changes.
	Report func(*Run[A, S]) *Result
	// Reveal is what the requester alone is shown once the change is proven: a token. It is shown and kept nowhere. Nil for nothing.
	Reveal func(context.Context, *Run[A, S]) (*messages.Card, error)
	// Undo is the call that reverts the change, nil where there is none for this one. Nil where undoing makes no sense.
	Undo func(*Run[A, S]) *Invocation
}

// Step is a part of a run that begins and ends as a whole.
type Step[A, S any] struct {
	// Name is stored: runs that are under way know their steps by it.
	Name string
	// Resume says what happens where opsbot stopped in the middle of it.
	Resume Resume
	Do     func(context.Context, *Run[A, S]) error
}

// Resume says how a step goes on that opsbot was stopped in the middle of.
type Resume string

// The ways to resume a step.
const (
	// Again does the whole step again: it looks at what is there, and doing it twice does no harm.
	Again Resume = "again"
	// AskPerson leaves it to a person, because nobody can know whether it was done, and it must not be done twice.
	AskPerson Resume = "ask"
)

// Run is what steps, Verify, Report and Undo work with: the call with its typed arguments, the plan that was confirmed, and
// the state.
type Run[A, S any] struct {
	*Call
	Args A
	Plan *Plan
	// State is what Plan found out, with what the steps added.
	State    *S
	Progress Progress
	// Resumed: the step was begun before, and where that ended is not known.
	Resumed bool
}

// Operation is the operation as the catalogue holds it.
func (s ChangeSpec[A, S]) Operation() Operation {
	op := Operation{Meta: s.Meta, Args: declared(s.Args)}
	op.Plan = func(ctx context.Context, call *Call) (*Plan, error) {
		args, err := decode(s.Args, call)
		if err != nil {
			return nil, err
		}
		plan, state, err := s.Plan(ctx, call, args)
		if err != nil {
			return nil, err
		}
		if plan.State, err = json.Marshal(state); err != nil {
			return nil, fmt.Errorf("state of %s: %w", s.Name, err)
		}
		return plan, nil
	}
	for _, step := range s.Steps {
		op.Steps = append(op.Steps, StoredStep{Name: step.Name, Resume: step.Resume, Do: s.step(step)})
	}
	op.Verify = func(ctx context.Context, call *Call, plan *Plan, p Progress) (v *Verification, err error) {
		return v, s.with(call, plan, p, func(r *Run[A, S]) (err error) {
			v, err = s.Verify(ctx, r)
			return err
		})
	}
	op.Report = func(call *Call, plan *Plan) (result *Result, err error) {
		return result, s.with(call, plan, nil, func(r *Run[A, S]) error {
			result = s.report(r)
			return nil
		})
	}
	if s.Reveal != nil {
		op.Reveal = func(ctx context.Context, call *Call, plan *Plan) (card *messages.Card, err error) {
			return card, s.with(call, plan, nil, func(r *Run[A, S]) (err error) {
				card, err = s.Reveal(ctx, r)
				return err
			})
		}
	}
	if s.Undo != nil {
		op.Undo = func(call *Call, plan *Plan) (back *Invocation, err error) {
			return back, s.with(call, plan, nil, func(r *Run[A, S]) error {
				back = s.Undo(r)
				return nil
			})
		}
	}
	return op
}

// Invoke is a call of the operation with these arguments.
func (s ChangeSpec[A, S]) Invoke(args A) *Invocation {
	return &Invocation{Operation: s.Name, Args: encode(s.Args, args)}
}

func (s ChangeSpec[A, S]) step(step Step[A, S]) func(context.Context, *Call, *Plan, Progress, bool) error {
	return func(ctx context.Context, call *Call, plan *Plan, p Progress, resumed bool) error {
		return s.with(call, plan, p, func(r *Run[A, S]) error {
			r.Resumed = resumed
			return step.Do(ctx, r)
		})
	}
}

// with reads the stored state, does something with it, and puts back what was added, also where it failed half way.
func (s ChangeSpec[A, S]) with(call *Call, plan *Plan, p Progress, do func(*Run[A, S]) error) error {
	args, err := decode(s.Args, call)
	if err != nil {
		return err
	}
	state := new(S)
	if err := json.Unmarshal(plan.State, state); err != nil {
		return fmt.Errorf("state of %s: %w", s.Name, err)
	}
	failed := do(&Run[A, S]{Call: call, Args: args, Plan: plan, State: state, Progress: p})
	if plan.State, err = json.Marshal(state); err != nil {
		return fmt.Errorf("state of %s: %w", s.Name, err)
	}
	return failed
}

func (s ChangeSpec[A, S]) report(r *Run[A, S]) *Result {
	if s.Report != nil {
		return s.Report(r)
	}
	return PlanResult(r.Plan)
}
