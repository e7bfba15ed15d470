package workload

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// rollback is /rollback (handbook: 回滚操作). The rollback itself is kubectl's own code.
type rollback struct{ kube.Platform }

type rollbackArgs struct {
	Service  k8sops.Workload
	Revision int
}

// revisionState says between which revisions the plan moves a workload.
type revisionState struct {
	Workload string `json:"workload"`
	From     int64  `json:"from"` // the revision that ran at planning, 0 before the first rollout
	To       int64  `json:"to"`
}

type rollbackRun = k8sops.Run[rollbackArgs, revisionState]

func (r rollback) spec() k8sops.ChangeSpec[rollbackArgs, revisionState] {
	return k8sops.ChangeSpec[rollbackArgs, revisionState]{
		Meta: k8sops.Meta{
			Name:     "rollback",
			Aliases:  []string{"rollout undo"},
			Summary:  messages.New("k8sops.rollback.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"rollback user", "rollback user 2"},
			Access:   append([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, kube.WatchRollouts()...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		},
		Args: func(a *rollbackArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "revision", Into: &a.Revision, Summary: messages.New("k8sops.rollback.arg.revision"), Positional: true, Min: 1, Max: 1 << 30},
			}
		},
		Plan:   r.plan,
		Steps:  []k8sops.Step[rollbackArgs, revisionState]{{Name: "roll back", Resume: k8sops.Again, Do: r.rollBack}},
		Verify: r.verify,
		// Back to the revision that ran before: a rollback renumbers the revision it goes to, never that one.
		Undo: func(run *rollbackRun) *k8sops.Invocation { return r.to(run.State.Workload, run.State.From) },
	}
}

// plan picks the revision and shows what the API server would make of the deployment.
func (r rollback) plan(ctx context.Context, call *k8sops.Call, args rollbackArgs) (*k8sops.Plan, revisionState, error) {
	var state revisionState
	d, err := r.Workload(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	to, err := chooseRevision(call, d, args)
	if err != nil {
		return nil, state, err
	}
	state = revisionState{d.Name, kube.CurrentRevision(d), to.Number}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	planned, err := rollBack(call, d, to.Number, cmdutil.DryRunServer)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of rollback "+d.Name, err)
	}
	if planned == nil {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.rollback.nothing", "workload", messages.Code(d.Name), "revision", to.Number)
		return plan, state, nil
	}
	plan.Summary = messages.New("k8sops.rollback.plan", "workload", messages.Code(d.Name), "from", state.From, "to", state.To)
	return plan, state, r.ShowTemplate(plan, d, planned)
}

func (r rollback) rollBack(ctx context.Context, run *rollbackRun) error {
	target := run.Plan.Targets[0]
	run.Progress.Report(0, 1, messages.New("k8sops.rollback.running", "workload", messages.Code(target.Name), "revision", run.State.To))
	done := func(d *appsv1.Deployment) bool { return run.Resumed && kube.HasTemplate(d, target) }
	err := kube.OnUnchanged(ctx, run.Call, target, done, func(d *appsv1.Deployment) error {
		_, err := rollBack(run.Call, d, run.State.To, cmdutil.DryRunNone)
		return err
	})
	return k8sops.Explain("rollback "+target.Name, err)
}

func (r rollback) verify(ctx context.Context, run *rollbackRun) (*k8sops.Verification, error) {
	goal := kube.TemplateGoal(run.Plan, func(name string) string { return "rollout history " + name })
	return r.AwaitRollout(ctx, run.Call, goal, run.Progress)
}

// to is the call that brings back a revision, nil where there was none before.
func (r rollback) to(workload string, revision int64) *k8sops.Invocation {
	if revision == 0 {
		return nil
	}
	return r.spec().Invoke(rollbackArgs{Service: k8sops.Workload(workload), Revision: int(revision)})
}

// toLine is the same as a command line for a button, "" where there is none.
func (r rollback) toLine(workload string, revision int64) string {
	if revision == 0 {
		return ""
	}
	return fmt.Sprintf("rollback %s %d", workload, revision)
}

// chooseRevision is the revision asked for, or the newest before the running one.
func chooseRevision(call *k8sops.Call, d *appsv1.Deployment, args rollbackArgs) (kube.Revision, error) {
	revisions, err := kube.RevisionsOf(call, d.Name)
	if err != nil {
		return kube.Revision{}, err
	}
	asked := int64(args.Revision)
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
