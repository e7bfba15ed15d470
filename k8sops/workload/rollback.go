package workload

import (
	"context"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// rollbackOperation is /rollback (handbook: 回滚操作). The rollback itself is kubectl's own code.
func rollbackOperation(d kube.Platform) k8sops.Operation {
	r := rollback{d}
	return k8sops.Operation{
		Name:    "rollback",
		Aliases: []string{"rollout undo"},
		Summary: messages.New("k8sops.rollback.summary"),
		Danger:  k8sops.Disruptive,
		Args: []k8sops.Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service"), Kind: k8sops.KindWorkload, Positional: true, Required: true},
			{Name: "revision", Summary: messages.New("k8sops.rollback.arg.revision"), Kind: k8sops.KindInt, Positional: true, Min: 1, Max: 1 << 30},
		},
		Examples: []string{"rollback user", "rollback user 2"},
		Access:   append([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, kube.WatchRollouts()...),
		Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		Plan:     r.plan,
		Run:      r.run,
		Verify:   r.verify,
		Undo:     r.undo,
	}
}

type rollback struct{ kube.Platform }

// plan picks the revision and shows what the API server would make of the deployment.
func (r rollback) plan(ctx context.Context, call *k8sops.Call) (*k8sops.Plan, error) {
	d, err := r.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	to, err := chooseRevision(call, d)
	if err != nil {
		return nil, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, State: map[string]string{
		k8sops.StateRevision: strconv.FormatInt(to.Number, 10),
		k8sops.StatePrevious: strconv.FormatInt(kube.CurrentRevision(d), 10),
	}}
	planned, err := rollBack(call, d, to.Number, cmdutil.DryRunServer)
	if err != nil {
		return nil, k8sops.Explain("dry run of rollback "+d.Name, err)
	}
	if planned == nil {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.rollback.nothing", "workload", messages.Code(d.Name), "revision", to.Number)
		return plan, nil
	}
	plan.Summary = messages.New("k8sops.rollback.plan", "workload", messages.Code(d.Name), "from", kube.CurrentRevision(d), "to", to.Number)
	return plan, r.ShowTemplate(plan, d, planned)
}

func (r rollback) run(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Result, error) {
	to, err := strconv.ParseInt(plan.State[k8sops.StateRevision], 10, 64)
	if err != nil {
		return nil, k8sops.Explain("rollback plan", err)
	}
	target := plan.Targets[0]
	progress.Report(0, 1, messages.New("k8sops.rollback.running", "workload", messages.Code(target.Name), "revision", to))
	err = kube.OnUnchanged(ctx, call, target, func(d *appsv1.Deployment) error {
		_, err := rollBack(call, d, to, cmdutil.DryRunNone)
		return err
	})
	if err != nil {
		return nil, k8sops.Explain("rollback "+target.Name, err)
	}
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneRunning, Title: plan.Summary, Sections: k8sops.ChangeTable(plan.Changes)}}, nil
}

func (r rollback) verify(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Verification, error) {
	goal := kube.TemplateGoal(plan, func(name string) string { return "rollout history " + name })
	return r.AwaitRollout(ctx, call, goal, progress)
}

// undo goes back to the revision that ran before: a rollback renumbers the revision it goes to, never that one.
func (r rollback) undo(_ *k8sops.Call, plan *k8sops.Plan) string { return RollbackLine(plan) }

// RollbackLine is the command line that brings back the revision which ran when the plan was made.
func RollbackLine(plan *k8sops.Plan) string {
	if len(plan.Targets) != 1 || plan.State[k8sops.StatePrevious] == "" || plan.State[k8sops.StatePrevious] == "0" {
		return ""
	}
	return "rollback " + plan.Targets[0].Name + " " + plan.State[k8sops.StatePrevious]
}

// chooseRevision is the revision asked for, or the newest before the running one.
func chooseRevision(call *k8sops.Call, d *appsv1.Deployment) (kube.Revision, error) {
	revisions, err := kube.RevisionsOf(call, d.Name)
	if err != nil {
		return kube.Revision{}, err
	}
	asked := int64(call.Args.Int("revision", 0))
	current := kube.CurrentRevision(d)
	slices.Reverse(revisions)
	for _, r := range revisions {
		if asked == r.Number || asked == 0 && r.Number < current {
			return r, nil
		}
	}
	if asked == 0 {
		return kube.Revision{}, &k8sops.Error{Code: k8sops.CodeNotFound,
			Message: messages.New("k8sops.rollback.no_history", "workload", messages.Code(d.Name))}
	}
	var numbers []string
	for _, r := range revisions {
		if r.Number != current && len(numbers) < k8sops.MaxSuggestions {
			numbers = append(numbers, strconv.FormatInt(r.Number, 10))
		}
	}
	return kube.Revision{}, &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.rollback.no_revision", "workload", messages.Code(d.Name), "revision", asked),
		Suggest: append(kube.WithArg(call, "revision", numbers), "rollout history "+d.Name),
	}
}

// rollBack runs kubectl's rollback against exactly the version of d that was read. It gives the deployment as the API
// server answered it, nil where the revision already runs.
func rollBack(call *k8sops.Call, d *appsv1.Deployment, to int64, dryRun cmdutil.DryRunStrategy) (*appsv1.Deployment, error) {
	if d.Spec.Paused {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(d.Name))}
	}
	p := &kube.Pin{ResourceVersion: d.ResourceVersion, Cause: call.ChangeCause(), Manager: call.FieldManager()}
	rollbacker, err := polymorphichelpers.RollbackerFor(appsv1.SchemeGroupVersion.WithKind("Deployment").GroupKind(),
		kube.PinnedClient{Interface: call.Client.Kubernetes, Pin: p})
	if err != nil {
		return nil, k8sops.Explain("rollback "+d.Name, err)
	}
	_, err = rollbacker.Rollback(d, nil, to, dryRun)
	if p.Err != nil {
		// kubectl wraps the API server's error into text; a conflict must stay one for the retry.
		return nil, p.Err
	}
	if err != nil {
		return nil, k8sops.Explain("rollback "+d.Name, err)
	}
	return p.Patched, nil
}
