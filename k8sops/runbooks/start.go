package runbooks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// start begins a guided run. It changes nothing but opsbot's own rows: what changes something are the steps.
type start struct {
	*catalogue
	book runbook
}

type startArgs struct{}

// startState are the steps as they were shown, and the run once it is stored.
type startState struct {
	Steps  []Step `json:"steps"`
	Number int64  `json:"number,omitempty"`
}

type startRun = k8sops.Run[startArgs, startState]

func (o start) spec() k8sops.ChangeSpec[startArgs, startState] {
	return k8sops.ChangeSpec[startArgs, startState]{
		Meta: k8sops.Meta{
			Name:         o.book.name,
			Summary:      o.book.summary,
			Danger:       o.book.danger,
			FreezeExempt: true, // the steps are not
			Examples:     []string{o.book.name},
			Access:       slices.Concat(kube.ListWorkloads(), o.access(o.book.needs)),
			Owners:       o.book.owners,
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[startArgs, startState]{{Name: "begin", Resume: k8sops.Again, Do: o.begin}},
		Verify: o.verify,
		Report: o.report,
	}
}

func (o start) plan(ctx context.Context, call *k8sops.Call, _ startArgs) (*k8sops.Plan, startState, error) {
	if err := o.refuseSecond(ctx, call); err != nil {
		return nil, startState{}, err
	}
	steps, err := o.steps(ctx, call)
	if err != nil {
		return nil, startState{}, err
	}
	decisions := 0
	var lines []string
	for i, s := range steps {
		mark := "  "
		if !s.Looks {
			mark = "+ "
			decisions++
		}
		lines = append(lines, fmt.Sprintf("%s%d  /%s", mark, i+1, s.Line))
	}
	return &k8sops.Plan{
		Danger:  o.book.danger,
		Summary: messages.New("k8sops.runbooks.start.plan", "command", messages.Code("/"+o.book.name), "count", len(steps), "decisions", decisions),
		Diff:    strings.Join(lines, "\n"),
		Warning: []messages.Text{messages.New("k8sops.runbooks.start.gates")},
	}, startState{Steps: steps}, nil
}

// refuseSecond: two people who repair at once undo each other's work.
func (o start) refuseSecond(ctx context.Context, call *k8sops.Call) error {
	open, err := o.openIn(ctx, call)
	if err != nil || open == nil || open.Plan == call.ID {
		return err
	}
	return alreadyOpen(*open)
}

func alreadyOpen(open Run) error {
	return &k8sops.Error{
		Code: k8sops.CodeConflict,
		Message: messages.New("k8sops.runbooks.start.open", "number", open.Number, "command", messages.Code("/"+open.Runbook),
			"user", messages.User(open.User), "namespace", messages.Code(open.Namespace)),
		Suggest: []string{"emergency", fmt.Sprintf("emergency stop %d", open.Number)},
	}
}

// openIn is the run that is open in the call's namespace, nil where there is none.
func (c *catalogue) openIn(ctx context.Context, call *k8sops.Call) (*Run, error) {
	open, err := c.Runs.Unfinished(ctx)
	if err != nil {
		return nil, err
	}
	for i, r := range open {
		if !r.IsOver() && r.Cluster == call.Cluster && r.Namespace == call.Namespace {
			return &open[i], nil
		}
	}
	return nil, nil //nolint:nilnil // see above
}

// steps are those of the runbook that opsbot can take here.
func (o start) steps(ctx context.Context, call *k8sops.Call) ([]Step, error) {
	backends, err := o.Backends(ctx, call)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, declared := range o.book.steps {
		s, err := o.stepOf(call, declared, backends)
		switch {
		case err == nil:
			steps = append(steps, s)
		case declared.essential:
			return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.runbooks.start.lacks", "command", messages.Code("/"+o.book.name), "step", declared.title), Cause: err}
		}
	}
	return steps, nil
}

func (o start) stepOf(call *k8sops.Call, declared step, backends []kube.Workload) (Step, error) {
	invocation := declared.call.On(o.ops, call.Cluster)
	invocation.Args = maps.Clone(invocation.Args)
	for name, value := range invocation.Args {
		if value == anyBackend && len(backends) > 0 {
			invocation.Args[name] = backends[0].Line()
		}
	}
	op, args, err := cmdline.Check(o.ops, invocation)
	if err != nil {
		return Step{}, err
	}
	args = op.NameCluster(args, call.Cluster)
	return Step{
		Name: declared.name, Title: declared.title, Call: k8sops.Invocation{Operation: op.Name, Args: args}, Line: k8sops.Canonical(op, args),
		Looks: op.Danger == k8sops.Read, Required: declared.required, Danger: op.Danger, State: Waiting,
	}, nil
}

// begin stores the run. Done again, it finds the one that it has stored.
func (o start) begin(ctx context.Context, r *startRun) error {
	began := r.Started
	if began.IsZero() {
		began = r.Now
	}
	stored, err := o.Runs.AddRun(ctx, Run{
		Plan: r.ID, Runbook: o.book.name, User: r.Source.User, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS, Incident: r.Source.Incident,
		Cluster: r.Cluster, Namespace: r.Namespace, Steps: r.State.Steps, BegunAt: began.UTC(),
	})
	if errors.Is(err, ErrOpen) {
		if err := o.refuseSecond(ctx, r.Call); err != nil {
			return err
		}
	}
	r.State.Number = stored.Number
	return err
}

func (o start) verify(ctx context.Context, r *startRun) (*k8sops.Verification, error) {
	if _, err := o.Runs.Run(ctx, r.State.Number); err != nil {
		return nil, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.runbooks.start.proven", "number", r.State.Number)}, nil
}

func (o start) report(r *startRun) *k8sops.Result {
	return &k8sops.Result{Card: messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.runbooks.start.begun", "number", r.State.Number, "command", messages.Code("/"+o.book.name)),
	}}
}
