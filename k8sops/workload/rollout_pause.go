package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// rolloutPause is /rollout pause and, where pauses is false, /rollout resume (handbook: 滚动更新; kubectl rollout pause).
type rolloutPause struct {
	kube.Platform
	pauses bool
}

type pauseArgs struct{ Service k8sops.Workload }

type pauseState struct {
	Workload string `json:"workload"`
	// Previous is the revision that ran when it was planned, for the way back out of a rollout that fails.
	Previous int64 `json:"previous,omitempty"`
}

type pauseRun = k8sops.Run[pauseArgs, pauseState]

func (o rolloutPause) spec() k8sops.ChangeSpec[pauseArgs, pauseState] {
	spec := k8sops.ChangeSpec[pauseArgs, pauseState]{
		Meta: k8sops.Meta{
			Name:     "rollout resume",
			Summary:  messages.New("k8sops.resume.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"rollout resume user"},
			Access:   slices.Concat([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, readHistory(), rollout.Access()),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
			On:       []string{kube.Deployment},
		},
		Args: func(a *pauseArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true}}
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[pauseArgs, pauseState]{{Name: "resume", Resume: k8sops.Again, Do: o.set}},
		Verify: o.verifyRollout,
		// What was rolled out after a pause is taken back by /rollback, which the answer offers where it fails.
	}
	if o.pauses {
		spec.Name, spec.Summary, spec.Examples = "rollout pause", messages.New("k8sops.pause.summary"), []string{"rollout pause user"}
		spec.Steps[0].Name, spec.Verify = "pause", o.verifyPause
		spec.Undo = func(r *pauseRun) *k8sops.Invocation {
			return rolloutPause{o.Platform, false}.spec().Invoke(pauseArgs{k8sops.Workload(r.State.Workload)})
		}
	}
	return spec
}

func (o rolloutPause) plan(ctx context.Context, call *k8sops.Call, _ pauseArgs) (*k8sops.Plan, pauseState, error) {
	var state pauseState
	w, err := o.Workload(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	target, err := kube.TargetOf(w)
	if err != nil {
		return nil, state, err
	}
	name := messages.Code(w.Name)
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, Targets: []k8sops.Target{target}}
	state.Workload = w.Line()
	if plan.NoOp = w.Paused() == o.pauses; plan.NoOp {
		plan.Summary = messages.New("k8sops.resume.nothing", "workload", name)
		if o.pauses {
			plan.Summary = messages.New("k8sops.pause.nothing", "workload", name)
		}
		return plan, state, nil
	}
	plan.Changes = []k8sops.FieldChange{{Object: w.Line(), Field: "paused", From: strconv.FormatBool(!o.pauses), To: strconv.FormatBool(o.pauses)}}
	o.Protect(plan, w)
	if o.pauses {
		plan.Summary = messages.New("k8sops.pause.plan", "workload", name)
		if done, _ := w.RolledOut(); !done {
			counts := w.Counts()
			plan.Warning = append(plan.Warning, messages.New("k8sops.pause.half_way", "workload", name, "updated", counts.Updated, "desired", counts.Desired))
		}
	} else if err := o.planResume(ctx, call, w, plan, &state); err != nil {
		return nil, state, err
	}
	_, err = o.patch(ctx, call, w, metav1.DryRunAll)
	return plan, state, k8sops.Explain("dry run of "+call.Operation.Name+" "+w.Name, err)
}

// planResume shows what rolls out once nothing holds it any more: everything that was changed since the pause.
func (o rolloutPause) planResume(ctx context.Context, call *k8sops.Call, w kube.Workload, plan *k8sops.Plan, state *pauseState) error {
	plan.Summary = messages.New("k8sops.resume.plan", "workload", messages.Code(w.Name))
	revisions, err := rollout.RevisionsOf(ctx, call, w)
	if err != nil {
		return err
	}
	state.Previous = rollout.CurrentRevision(w, revisions)
	at := slices.IndexFunc(revisions, func(r rollout.Revision) bool { return r.Number == state.Previous })
	if at < 0 || kube.SameTemplate(revisions[at].Template, *w.Template()) {
		return nil
	}
	plan.Diff = templatediff.Of(w.Name, revisions[at].Template, *w.Template())
	plan.Changes = append(plan.Changes, templatediff.Images(w.Name, revisions[at].Template, *w.Template())...)
	return nil
}

func (o rolloutPause) set(ctx context.Context, r *pauseRun) error {
	target := r.Plan.Targets[0]
	done := func(w kube.Workload) bool { return r.Resumed && w.Paused() == o.pauses }
	err := kube.OnUnchanged(ctx, r.Call, target, done, func(w kube.Workload) error {
		_, err := o.patch(ctx, r.Call, w)
		return err
	})
	return k8sops.Explain(r.Operation.Name+" "+target.Name, err)
}

// patch leaves the change cause alone: a pause makes no revision.
func (o rolloutPause) patch(ctx context.Context, call *k8sops.Call, w kube.Workload, dryRun ...string) (kube.Workload, error) {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": kube.PinnedVersion(w, dryRun)}, "spec": map[string]any{"paused": o.pauses},
	})
	if err != nil {
		return kube.Workload{}, fmt.Errorf("%s %s: %w", call.Operation.Name, w.Name, err)
	}
	return kube.Patch(ctx, call, w, types.StrategicMergePatchType, patch, dryRun)
}

// verifyPause waits until the controller has seen the pause: from then on it starts no new pod of a new template.
func (o rolloutPause) verifyPause(ctx context.Context, r *pauseRun) (*k8sops.Verification, error) {
	target := r.Plan.Targets[0]
	for deadline := o.Now().Add(o.RolloutTimeout); ; {
		w, err := o.Workload(ctx, r.Call, "service")
		if err != nil {
			return nil, err
		}
		name, counts := messages.Code(target.Name), w.Counts()
		switch {
		case !w.Paused():
			return &k8sops.Verification{Summary: messages.New("k8sops.pause.gone", "workload", name), Suggest: []string{"status " + r.State.Workload}}, nil
		case w.Observed():
			return &k8sops.Verification{
				OK: true, Summary: messages.New("k8sops.pause.done", "workload", name, "available", counts.Available, "desired", counts.Desired),
				Suggest: []string{"rollout resume " + r.State.Workload},
			}, nil
		case o.Now().After(deadline):
			return &k8sops.Verification{Summary: messages.New("k8sops.pause.unseen", "workload", name, "after", o.RolloutTimeout)}, nil
		}
		if err := rollout.Sleep(ctx, o.Poll); err != nil {
			return nil, k8sops.Explain("wait for the pause", err)
		}
	}
}

func (o rolloutPause) verifyRollout(ctx context.Context, r *pauseRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(r.Plan)
	goal.Recover = func(kube.Workload) string { return rollback{o.Platform}.toLine(r.State.Workload, r.State.Previous) }
	return rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress)
}
