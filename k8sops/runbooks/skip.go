package runbooks

import (
	"context"
	"errors"
	"strings"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/messages"
)

const skipName = "emergency skip"

// skip is /emergency skip: a person decides that a step is not taken, and says why. It changes nothing on the cluster, so it is a read to the gate.
type skip struct{ *catalogue }

type skipArgs struct {
	Run, Step int
	Reason    string
}

// most bounds the numbers that are typed.
const most = 1_000_000_000

func (o skip) spec() k8sops.ReadSpec[skipArgs] {
	return k8sops.ReadSpec[skipArgs]{
		Meta: k8sops.Meta{
			Name: skipName, Summary: messages.New("k8sops.runbooks.skip.summary"), Examples: []string{"emergency skip 12 3 the data is not damaged"},
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *skipArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "run", Into: &a.Run, Summary: messages.New("k8sops.runbooks.arg.run"), Positional: true, Required: true, Min: 1, Max: most},
				{Name: "step", Into: &a.Step, Summary: messages.New("k8sops.runbooks.arg.step"), Positional: true, Required: true, Min: 1, Max: 100},
				{Name: "reason", Into: &a.Reason, Summary: messages.New("k8sops.runbooks.arg.reason"), Positional: true, Required: true, Rest: true},
			}
		},
		Answer: o.answer,
	}
}

func (o skip) answer(ctx context.Context, call *k8sops.Call, args skipArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	r, err := o.openRun(ctx, call, args.Run)
	if err != nil {
		return nil, err
	}
	i := args.Step - 1
	reason := strings.TrimSpace(redact.Text(args.Reason))
	switch {
	case i != r.Current():
		return nil, k8sops.Invalid(messages.New("k8sops.runbooks.skip.not_next", "step", args.Step, "number", r.Number, "next", r.Current()+1))
	case r.Steps[i].State == Running:
		return nil, k8sops.Invalid(messages.New("k8sops.runbooks.skip.running", "step", args.Step, "call", messages.Code(r.CallID(i))))
	case r.Steps[i].Required:
		return nil, k8sops.Invalid(messages.New("k8sops.runbooks.skip.required", "step", args.Step, "title", r.Steps[i].Title))
	case reason == "":
		return nil, k8sops.Invalid(messages.New("k8sops.runbooks.skip.no_reason"))
	}
	if err := o.mayDecide(ctx, call, r, i); err != nil {
		return nil, err
	}
	if _, err := o.Runs.UpdateRun(ctx, r.Skip(i, call.Source.User, reason, call.Now)); err != nil {
		return nil, concurrently(err)
	}
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneWarning, Title: messages.New("k8sops.runbooks.skip.done",
		"step", args.Step, "title", r.Steps[i].Title, "number", r.Number, "user", messages.User(call.Source.User), "reason", reason)}}, nil
}

// openRun is a run of the call's namespace of which something is to come.
func (c *catalogue) openRun(ctx context.Context, call *k8sops.Call, number int) (Run, error) {
	r, err := c.Runs.Run(ctx, int64(number))
	elsewhere := err == nil && (r.Cluster != call.Cluster || r.Namespace != call.Namespace)
	switch {
	case errors.Is(err, ErrNotFound), elsewhere:
		return r, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.runbooks.unknown", "number", number, "namespace", messages.Code(call.Namespace)), Suggest: []string{"emergency"}}
	case err != nil:
		return r, err
	case r.IsOver():
		return r, k8sops.Invalid(messages.New("k8sops.runbooks.over", "number", number))
	}
	return r, nil
}

// mayDecide: whoever may take a step may decide that it is not taken.
func (c *catalogue) mayDecide(ctx context.Context, call *k8sops.Call, r Run, step int) error {
	op, err := k8sops.Find(c.ops, r.Steps[step].Call.Operation)
	if err != nil {
		return nil //nolint:nilerr // an older opsbot had it: nobody can take the step, and the run must not hang on it
	}
	return k8sops.Preflight(ctx, call.Client, call.Namespace, *op)
}

func concurrently(err error) error {
	if errors.Is(err, ErrConflict) {
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.runbooks.conflict"), Suggest: []string{"emergency"}}
	}
	return err
}
