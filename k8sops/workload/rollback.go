package workload

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// rollback is /rollback (handbook: 回滚操作).
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
			Access: append(slices.Concat(kube.TemplateAccess(), readHistory(), rollout.Access()),
				k8sops.Access{Verb: "delete", Resource: "pods"}), // that a stateful set does not replace by itself
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     kube.RollingKinds(),
		},
		Args: func(a *rollbackArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "revision", Into: &a.Revision, Summary: messages.New("k8sops.rollback.arg.revision"), Positional: true, Min: 1, Max: 1 << 30,
					Offer: offerRevisions(r.Platform), OfferNeeds: "service"},
			}
		},
		Plan: r.plan,
		Steps: []k8sops.Step[rollbackArgs, revisionState]{
			{Name: "roll back", Resume: k8sops.Again, Do: r.rollBack},
			{Name: "replace broken pods", Resume: k8sops.Again, Do: r.replacePods},
		},
		Verify: r.verify,
		// Back to the revision that ran before: a rollback renumbers the revision it goes to, never that one.
		Undo: func(run *rollbackRun) *k8sops.Invocation { return r.to(run.State.Workload, run.State.From) },
	}
}

// plan picks the revision and shows what the API server would make of the deployment.
func (r rollback) plan(ctx context.Context, call *k8sops.Call, args rollbackArgs) (*k8sops.Plan, revisionState, error) {
	var state revisionState
	w, err := r.Workload(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	revisions, err := rollout.RevisionsOf(ctx, call, w)
	if err != nil {
		return nil, state, err
	}
	current := rollout.CurrentRevision(w, revisions)
	to, err := chooseRevision(call, w, revisions, int64(args.Revision))
	if err != nil {
		return nil, state, err
	}
	state = revisionState{w.Line(), current, to.Number}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	planned, err := rollBack(ctx, call, w, to, metav1.DryRunAll)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of rollback "+w.Name, err)
	}
	if planned.Object == nil {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.rollback.nothing", "workload", messages.Code(w.Name), "revision", to.Number)
		return plan, state, nil
	}
	if plan.Warning, err = rollbackWarnings(ctx, call, w); err != nil {
		return nil, state, err
	}
	plan.Warning = append(wentBack(w, revisions, to, args.Revision == 0), plan.Warning...)
	plan.Summary = messages.New("k8sops.rollback.plan", "workload", messages.Code(w.Name), "from", state.From, "to", state.To)
	return plan, state, r.ShowTemplate(plan, w, planned)
}

// rollbackWarnings say what else happens to a workload's pods, and what does not.
func rollbackWarnings(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]messages.Text, error) {
	if w.OnDelete() {
		return []messages.Text{messages.New("k8sops.rollout.on_delete", "workload", messages.Code(w.Name))}, nil
	}
	if w.Kind != kube.StatefulSet {
		return nil, nil
	}
	broken, err := rollout.BrokenPods(ctx, call, w)
	if err != nil || len(broken) == 0 {
		return nil, err
	}
	return []messages.Text{messages.New("k8sops.rollback.replaces_pods", "pods", strings.Join(broken, ", "))}, nil
}

func (r rollback) rollBack(ctx context.Context, run *rollbackRun) error {
	target := run.Plan.Targets[0]
	run.Progress.Report(0, 1, messages.New("k8sops.rollback.running", "workload", messages.Code(target.Name), "revision", run.State.To))
	done := func(w kube.Workload) bool { return run.Resumed && kube.HasTemplate(w, target) }
	err := kube.OnUnchanged(ctx, run.Call, target, done, func(w kube.Workload) error {
		revisions, err := rollout.RevisionsOf(ctx, run.Call, w)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(revisions, func(r rollout.Revision) bool { return r.Number == run.State.To })
		if at < 0 {
			return noRevision(run.Call, w, revisions, run.State.To)
		}
		_, err = rollBack(ctx, run.Call, w, revisions[at])
		return err
	})
	return k8sops.Explain("rollback "+target.Name, err)
}

// replacePods makes room for pods of the template that came back.
func (r rollback) replacePods(ctx context.Context, run *rollbackRun) error {
	target := run.Plan.Targets[0]
	if target.Kind != kube.StatefulSet {
		return nil
	}
	run.Progress.Report(0, 1, messages.New("k8sops.rollback.replacing", "workload", messages.Code(target.Name)))
	_, err := rollout.ReplaceBrokenPods(ctx, r.Platform, run.Call, target)
	return err
}

func (r rollback) verify(ctx context.Context, run *rollbackRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(run.Plan)
	goal.Recover = func(w kube.Workload) string { return "rollout history " + w.Line() }
	return rollout.Await(ctx, r.Platform, run.Call, goal, run.Progress)
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

// rollBack brings a revision back, of exactly the version of w that was read. It gives the workload as the API server answered it,
// without an object where the revision already runs.
func rollBack(ctx context.Context, call *k8sops.Call, w kube.Workload, to rollout.Revision, dryRun ...string) (kube.Workload, error) {
	switch {
	case w.Paused():
		return kube.Workload{}, kube.Paused(w)
	case kube.SameTemplate(*w.Template(), to.Template):
		return kube.Workload{}, nil
	}
	return kube.PatchTemplate(ctx, call, w, to.Patch, dryRun...)
}
