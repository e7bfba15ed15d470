package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"opsbot/k8sops"
	"opsbot/messages"
)

// fakeOperations is what the hand-made operations work on: one number that can be read (/look) and set, with a growing need for
// care (/turn, /shake, /wipe). A story makes it misbehave.
type fakeOperations struct {
	mu          sync.Mutex
	at          int
	fingerprint string
	runs        int
	proven      bool             // what Verify finds
	raise       k8sops.Danger    // what Plan raises the danger to
	fail        map[string]any   // by step: an error is returned, anything else is a panic's cause
	during      func()           // called by Run while it runs
	looking     func()           // called by /look while it runs
	mended      func(number int) // called by /mend when it has put back what a plan of that number took away
}

func (l *fakeOperations) do(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func (l *fakeOperations) position() (at, runs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at, l.runs
}

func (l *fakeOperations) operations() []k8sops.Operation {
	to := k8sops.Arg{Name: "to", Kind: k8sops.KindInt, Positional: true, Required: true, Max: 100}
	service := k8sops.Arg{Name: "service", Kind: k8sops.KindWorkload}
	look := k8sops.Operation{
		Meta: k8sops.Meta{
			Name: "look", Summary: messages.Literal("look"), Owners: []k8sops.Role{k8sops.Everyone}, Access: []k8sops.Access{{Verb: "list", Resource: "pods"}},
		},
		Answer: l.look,
	}
	change := k8sops.Operation{
		Meta: k8sops.Meta{Owners: []k8sops.Role{k8sops.System}, Access: []k8sops.Access{{Verb: "patch", Resource: "levers", Group: "test"}}},
		Args: []k8sops.Arg{to, service}, Plan: l.plan, Verify: l.verify, Undo: l.undo,
		Steps: []k8sops.StoredStep{{Name: "turn", Resume: k8sops.AskPerson, Do: l.run}},
		Report: func(_ *k8sops.Call, plan *k8sops.Plan) (*k8sops.Result, error) {
			return &k8sops.Result{Card: messages.Card{Title: plan.Summary}}, nil
		},
	}
	turn, shake, wipe := change, change, change
	turn.Name, turn.Danger = "turn", k8sops.Change
	shake.Name, shake.Danger = "shake", k8sops.Disruptive
	wipe.Name, wipe.Danger = "wipe", k8sops.Destructive
	mend := change
	mend.Name, mend.Danger, mend.Undo = "mend", k8sops.Disruptive, nil
	mend.Args = []k8sops.Arg{{Name: "number", Kind: k8sops.KindInt, Positional: true}}
	mend.Steps = []k8sops.StoredStep{{Name: "mend", Resume: k8sops.Again, Do: l.mend}}
	return []k8sops.Operation{look, mend, turn, shake, wipe}
}

func (l *fakeOperations) look(_ context.Context, _ *k8sops.Call, _ k8sops.Progress) (*k8sops.Result, error) {
	l.mu.Lock()
	looking := l.looking
	l.mu.Unlock()
	if looking != nil {
		looking()
	}
	if err := l.step("look"); err != nil {
		return nil, err
	}
	at, _ := l.position()
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.Literal(fmt.Sprint("The lever is at ", at))}, Suggest: []string{"turn 4"}}, nil
}

func (l *fakeOperations) plan(_ context.Context, call *k8sops.Call) (*k8sops.Plan, error) {
	if err := l.step("plan"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	from, to := strconv.Itoa(l.at), call.Args["to"]
	return &k8sops.Plan{
		Summary: messages.Literal("Lever from " + from + " to " + to), Danger: max(call.Operation.Danger, l.raise), NoOp: from == to,
		Changes: []k8sops.FieldChange{{Object: "lever", Field: "position", From: from, To: to}},
		Targets: []k8sops.Target{{Kind: "Lever", Name: "lever", UID: "1", Fingerprint: l.fingerprint}},
		State:   json.RawMessage(`{"from":"` + from + `"}`),
	}, nil
}

func (l *fakeOperations) run(_ context.Context, call *k8sops.Call, _ *k8sops.Plan, _ k8sops.Progress, _ bool) error {
	l.mu.Lock()
	l.runs++
	during := l.during
	l.mu.Unlock()
	if during != nil {
		during()
	}
	if err := l.step("run"); err != nil {
		return err
	}
	l.do(func() { l.at = call.Args.Int("to", 0) })
	return nil
}

func (l *fakeOperations) mend(_ context.Context, call *k8sops.Call, _ *k8sops.Plan, _ k8sops.Progress, _ bool) error {
	if err := l.step("mend"); err != nil {
		return err
	}
	l.mended(call.Args.Int("number", 0))
	return nil
}

func (l *fakeOperations) verify(context.Context, *k8sops.Call, *k8sops.Plan, k8sops.Progress) (*k8sops.Verification, error) {
	if err := l.step("verify"); err != nil {
		return nil, err
	}
	if !l.proven {
		return &k8sops.Verification{Summary: messages.Literal("the lever slipped"), Suggest: []string{"look"}}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.Literal("the lever holds")}, nil
}

func (l *fakeOperations) undo(call *k8sops.Call, plan *k8sops.Plan) (*k8sops.Invocation, error) {
	if err := l.step("undo"); err != nil {
		return nil, err
	}
	return &k8sops.Invocation{Operation: call.Operation.Name, Args: k8sops.Args{"to": plan.Changes[0].From}}, nil
}

// step fails or panics where the story says so.
func (l *fakeOperations) step(name string) error {
	l.mu.Lock()
	cause := l.fail[name]
	l.mu.Unlock()
	switch cause := cause.(type) {
	case nil:
		return nil
	case error:
		return cause
	default:
		panic(cause)
	}
}

func (l *fakeOperations) breaks(step string, cause any) {
	l.do(func() { l.fail = map[string]any{step: cause} })
}
