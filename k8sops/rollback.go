package k8sops

import (
	"context"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/messages"
)

// rollbackOperation is /rollback (handbook: 回滚操作). The rollback itself is kubectl's own code.
func rollbackOperation(d Platform) Operation {
	r := rollback{d}
	return Operation{
		Name:    "rollback",
		Aliases: []string{"rollout undo"},
		Summary: messages.New("k8sops.rollback.summary"),
		Danger:  Disruptive,
		Args: []Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service"), Kind: KindWorkload, Positional: true, Required: true},
			{Name: "revision", Summary: messages.New("k8sops.rollback.arg.revision"), Kind: KindInt, Positional: true, Min: 1, Max: 1 << 30},
		},
		Examples: []string{"rollback user", "rollback user 2"},
		Access:   append([]Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, watchRollouts()...),
		Owners:   []Role{System, Development},
		Plan:     r.plan,
		Run:      r.run,
		Verify:   r.verify,
		Undo:     r.undo,
	}
}

type rollback struct{ Platform }

// plan picks the revision and shows what the API server would make of the deployment.
func (r rollback) plan(ctx context.Context, call *Call) (*Plan, error) {
	d, err := r.workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	to, err := chooseRevision(call, d)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Danger: Disruptive, State: map[string]string{
		stateRevision: strconv.FormatInt(to.Number, 10),
		statePrevious: strconv.FormatInt(currentRevision(d), 10),
	}}
	planned, err := rollBack(call, d, to.Number, cmdutil.DryRunServer)
	if err != nil {
		return nil, explain("dry run of rollback "+d.Name, err)
	}
	if planned == nil {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.rollback.nothing", "workload", messages.Code(d.Name), "revision", to.Number)
		return plan, nil
	}
	plan.Summary = messages.New("k8sops.rollback.plan", "workload", messages.Code(d.Name), "from", currentRevision(d), "to", to.Number)
	return plan, r.showTemplate(plan, d, planned)
}

func (r rollback) run(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Result, error) {
	to, err := strconv.ParseInt(plan.State[stateRevision], 10, 64)
	if err != nil {
		return nil, explain("rollback plan", err)
	}
	target := plan.Targets[0]
	progress.Report(0, 1, messages.New("k8sops.rollback.running", "workload", messages.Code(target.Name), "revision", to))
	err = onUnchanged(ctx, call, target, func(d *appsv1.Deployment) error {
		_, err := rollBack(call, d, to, cmdutil.DryRunNone)
		return err
	})
	if err != nil {
		return nil, explain("rollback "+target.Name, err)
	}
	return &Result{Card: messages.Card{Tone: messages.ToneRunning, Title: plan.Summary, Sections: changeTable(plan.Changes)}}, nil
}

func (r rollback) verify(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Verification, error) {
	goal := templateGoal(plan, func(name string) string { return "rollout history " + name })
	return r.awaitRollout(ctx, call, goal, progress)
}

// undo goes back to the revision that ran before: a rollback renumbers the revision it goes to, never that one.
func (r rollback) undo(_ *Call, plan *Plan) string { return rollbackLine(plan) }

// rollbackLine is the command line that brings back the revision which ran when the plan was made.
func rollbackLine(plan *Plan) string {
	if len(plan.Targets) != 1 || plan.State[statePrevious] == "" || plan.State[statePrevious] == "0" {
		return ""
	}
	return "rollback " + plan.Targets[0].Name + " " + plan.State[statePrevious]
}

// chooseRevision is the revision asked for, or the newest before the running one.
func chooseRevision(call *Call, d *appsv1.Deployment) (revision, error) {
	revisions, err := revisionsOf(call, d.Name)
	if err != nil {
		return revision{}, err
	}
	asked := int64(call.Args.Int("revision", 0))
	current := currentRevision(d)
	slices.Reverse(revisions)
	for _, r := range revisions {
		if asked == r.Number || asked == 0 && r.Number < current {
			return r, nil
		}
	}
	if asked == 0 {
		return revision{}, &Error{Code: CodeNotFound,
			Message: messages.New("k8sops.rollback.no_history", "workload", messages.Code(d.Name))}
	}
	var numbers []string
	for _, r := range revisions {
		if r.Number != current && len(numbers) < maxSuggestions {
			numbers = append(numbers, strconv.FormatInt(r.Number, 10))
		}
	}
	return revision{}, &Error{
		Code:    CodeNotFound,
		Message: messages.New("k8sops.rollback.no_revision", "workload", messages.Code(d.Name), "revision", asked),
		Suggest: append(withArg(call, "revision", numbers), "rollout history "+d.Name),
	}
}

// rollBack runs kubectl's rollback against exactly the version of d that was read. It gives the deployment as the API
// server answered it, nil where the revision already runs.
func rollBack(call *Call, d *appsv1.Deployment, to int64, dryRun cmdutil.DryRunStrategy) (*appsv1.Deployment, error) {
	if d.Spec.Paused {
		return nil, &Error{Code: CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(d.Name))}
	}
	p := &pin{resourceVersion: d.ResourceVersion, cause: call.changeCause(), manager: call.fieldManager()}
	rollbacker, err := polymorphichelpers.RollbackerFor(appsv1.SchemeGroupVersion.WithKind("Deployment").GroupKind(),
		pinnedClient{call.Client.Kubernetes, p})
	if err != nil {
		return nil, explain("rollback "+d.Name, err)
	}
	_, err = rollbacker.Rollback(d, nil, to, dryRun)
	if p.err != nil {
		// kubectl wraps the API server's error into text; a conflict must stay one for the retry.
		return nil, p.err
	}
	if err != nil {
		return nil, explain("rollback "+d.Name, err)
	}
	return p.patched, nil
}
