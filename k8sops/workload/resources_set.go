package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// resourcesSet is /resources svc --cpu --memory (handbook: 资源优化, kubectl set resources).
type resourcesSet struct{ kube.Platform }

type resourcesSetArgs struct {
	Service                k8sops.Workload
	CPU, Memory, Container string
}

// resourcesState is what is set, and the revision that ran before.
type resourcesState struct {
	Workload  string `json:"workload"`
	Container string `json:"container"`
	CPU       asked  `json:"cpu"`
	Memory    asked  `json:"memory"`
	Previous  int64  `json:"previous"`
}

type resourcesRun = k8sops.Run[resourcesSetArgs, resourcesState]

func (r resourcesSet) spec() k8sops.ChangeSpec[resourcesSetArgs, resourcesState] {
	return k8sops.ChangeSpec[resourcesSetArgs, resourcesState]{
		Meta: k8sops.Meta{
			Name:      "resources set",
			WithFlags: "resources",
			Summary:   messages.New("k8sops.resources_set.summary"),
			Danger:    k8sops.Disruptive,
			Examples:  []string{"resources user --cpu 200m/500m", "resources user --memory 256Mi/512Mi", "resources user --cpu 200m/none"},
			Access: slices.Concat(kube.TemplateAccess(), readHistory(), usageAccess()[1:], []k8sops.Access{
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
				{Verb: "list", Resource: "nodes", ClusterWide: true, Optional: true},
			}, rollout.Access()),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     kube.RollingKinds(),
		},
		Args: func(a *resourcesSetArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "cpu", Into: &a.CPU, Summary: messages.New("k8sops.resources_set.arg.cpu")},
				{Name: "memory", Into: &a.Memory, Summary: messages.New("k8sops.resources_set.arg.memory")},
				{Name: "container", Into: &a.Container, Summary: messages.New("k8sops.deploy.arg.container")},
			}
		},
		Plan:   r.plan,
		Steps:  []k8sops.Step[resourcesSetArgs, resourcesState]{{Name: "set resources", Resume: k8sops.Again, Do: r.set}},
		Verify: r.verify,
		Undo: func(run *resourcesRun) *k8sops.Invocation {
			return rollback(r).to(run.State.Workload, run.State.Previous)
		},
	}
}

// plan shows the new template. What is used now decides whether it is refused, and does not stand in the plan: it is another figure a minute
// later, and the plan must not be another one.
func (r resourcesSet) plan(ctx context.Context, call *k8sops.Call, args resourcesSetArgs) (*k8sops.Plan, resourcesState, error) {
	w, state, err := r.asked(ctx, call, args)
	if err != nil {
		return nil, state, err
	}
	planned, err := patchResources(ctx, call, w, state, metav1.DryRunAll)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of resources of "+w.Name, err)
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	before, after := containerOf(w, state.Container), containerOf(planned, state.Container)
	plan.Changes = resourceChanges(w.Name, before, after)
	if plan.NoOp = len(plan.Changes) == 0; plan.NoOp {
		plan.Summary = messages.New("k8sops.resources_set.nothing", "workload", messages.Code(w.Name), "container", messages.Code(state.Container))
		return plan, state, nil
	}
	plan.Summary = messages.New("k8sops.resources_set.plan", "workload", messages.Code(w.Name), "container", messages.Code(state.Container))
	seen, err := look(ctx, call, w)
	if err != nil {
		return nil, state, err
	}
	for i, a := range []asked{state.CPU, state.Memory} {
		name := tuned()[i]
		if err := a.fits(state.Container, name, boundsOf(after, name), seen.of(state.Container).amount(name)); err != nil {
			return nil, state, err
		}
	}
	if err := fitsNodes(ctx, call, planned, state.Container); err != nil {
		return nil, state, err
	}
	if err := r.warn(ctx, call, plan, w, seen, before, after); err != nil {
		return nil, state, err
	}
	return plan, state, r.ShowTemplate(plan, w, planned)
}

// asked is the workload, and what shall be set of which container.
func (r resourcesSet) asked(ctx context.Context, call *k8sops.Call, args resourcesSetArgs) (w kube.Workload, state resourcesState, err error) {
	if args.CPU == "" && args.Memory == "" {
		return w, state, invalidResources(messages.New("k8sops.resources_set.what"))
	}
	if state.CPU, err = parseAsked(corev1.ResourceCPU, args.CPU); err != nil {
		return w, state, err
	}
	if state.Memory, err = parseAsked(corev1.ResourceMemory, args.Memory); err != nil {
		return w, state, err
	}
	if w, err = r.Workload(ctx, call, "service"); err != nil {
		return w, state, err
	}
	c, err := chooseContainer(call, w, args.Container)
	if err != nil {
		return w, state, err
	}
	state.Workload, state.Container = w.Line(), c.Name
	state.Previous, err = currentRevision(ctx, call, w)
	return w, state, err
}

// warn says what else the change does: to an autoscaler, to a container that memory was short for, and to who is served meanwhile.
func (r resourcesSet) warn(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, w kube.Workload, seen observed, before, after corev1.Container) error {
	plan.Warning = append(plan.Warning, restartWarnings(w)...)
	if !seen.unmeasured.IsZero() {
		plan.Warning = append(plan.Warning, messages.New("k8sops.resources_set.unmeasured"))
	}
	limit, killed := boundsOf(after, corev1.ResourceMemory).limit, seen.of(after.Name).killedLimit
	if killed > 0 && limit > 0 && limit <= killed {
		plan.Warning = append(plan.Warning, messages.New("k8sops.resources_set.killed_before", "container", messages.Code(after.Name),
			"limit", shown(corev1.ResourceMemory, killed)))
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil || autoscalers[w.Key()] == nil {
		return err
	}
	hpa := autoscalers[w.Key()]
	for i := range hpa.Spec.Metrics {
		m := hpa.Spec.Metrics[i].Resource
		if m == nil || m.Target.AverageUtilization == nil {
			continue
		}
		if from, to := boundsOf(before, m.Name).request, boundsOf(after, m.Name).request; from != to {
			plan.Warning = append(plan.Warning, messages.New("k8sops.resources_set.autoscaled", "hpa", messages.Code(hpa.Name), "resource", string(m.Name),
				"percent", *m.Target.AverageUtilization, "from", shown(m.Name, from), "to", shown(m.Name, to)))
		}
	}
	return nil
}

func (r resourcesSet) set(ctx context.Context, run *resourcesRun) error {
	target := run.Plan.Targets[0]
	run.Progress.Report(0, 1, messages.New("k8sops.resources_set.running", "workload", messages.Code(target.Name)))
	done := func(w kube.Workload) bool { return run.Resumed && kube.HasTemplate(w, target) }
	err := kube.OnUnchanged(ctx, run.Call, target, done, func(w kube.Workload) error {
		_, err := patchResources(ctx, run.Call, w, *run.State)
		return err
	})
	return k8sops.Explain("set resources of "+target.Name, err)
}

// verify watches the rollout: a limit that is too low shows as pods that end for want of memory. One that fails offers the rollback.
func (r resourcesSet) verify(ctx context.Context, run *resourcesRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(run.Plan)
	goal.Recover = func(kube.Workload) string { return rollback(r).toLine(run.State.Workload, run.State.Previous) }
	return rollout.Await(ctx, r.Platform, run.Call, goal, run.Progress)
}

func patchResources(ctx context.Context, call *k8sops.Call, w kube.Workload, state resourcesState, dryRun ...string) (kube.Workload, error) {
	if w.Paused() {
		return kube.Workload{}, kube.Paused(w)
	}
	requests, limits := map[string]any{}, map[string]any{}
	for name, a := range map[string]asked{"cpu": state.CPU, "memory": state.Memory} {
		if a.Request != "" {
			requests[name] = a.Request
		}
		if a.Limit != "" {
			limits[name] = a.Limit
		}
		if a.Limit == noLimit {
			limits[name] = nil
		}
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []map[string]any{
		{"name": state.Container, "resources": map[string]any{"requests": requests, "limits": limits}},
	}}}}})
	if err != nil {
		return kube.Workload{}, fmt.Errorf("set resources of %s: %w", w.Name, err)
	}
	return kube.PatchTemplate(ctx, call, w, patch, dryRun...)
}

func containerOf(w kube.Workload, name string) corev1.Container {
	containers := w.Template().Spec.Containers
	if i := indexOf(containers, name); i >= 0 {
		return containers[i]
	}
	return corev1.Container{}
}

// resourceChanges are the lines of the plan.
func resourceChanges(workload string, before, after corev1.Container) (changes []k8sops.FieldChange) {
	for _, name := range tuned() {
		from, to := boundsOf(before, name), boundsOf(after, name)
		for _, field := range []struct {
			name     string
			from, to int64
		}{{"request", from.request, to.request}, {"limit", from.limit, to.limit}} {
			if field.from != field.to {
				changes = append(changes, k8sops.FieldChange{Object: workload, Field: string(name) + " " + field.name, From: shown(name, field.from), To: shown(name, field.to)})
			}
		}
	}
	return changes
}
