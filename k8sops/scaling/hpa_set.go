package scaling

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// hpaSet is /hpa svc --min --max --cpu (handbook: 启用HPA, HPA调优): it creates an autoscaler or changes the one there is, and leaves
// alone what is not named.
type hpaSet struct{ hpa }

type hpaSetArgs struct {
	Service     k8sops.Workload
	Min, Max    int
	CPU, Memory string
}

// hpaState is the autoscaler before and after. Before is nil where there was none.
type hpaState struct {
	Workload string                                    `json:"workload"`
	Name     string                                    `json:"name"`
	Before   *hpaLimits                                `json:"before,omitempty"`
	After    hpaLimits                                 `json:"after"`
	Target   autoscalingv2.CrossVersionObjectReference `json:"target"`
}

// hpaLimits are what /hpa sets. A percentage of 0 is no target.
type hpaLimits struct {
	Min    int32 `json:"min"`
	Max    int32 `json:"max"`
	CPU    int32 `json:"cpu,omitempty"`
	Memory int32 `json:"memory,omitempty"`
}

type hpaRun = k8sops.Run[hpaSetArgs, hpaState]

func (h hpaSet) spec() k8sops.ChangeSpec[hpaSetArgs, hpaState] {
	return k8sops.ChangeSpec[hpaSetArgs, hpaState]{
		Meta: k8sops.Meta{
			Name:      "hpa set",
			WithFlags: "hpa",
			Summary:   messages.New("k8sops.hpa_set.summary"),
			Danger:    k8sops.Change,
			Examples:  []string{"hpa user --min 2 --max 10 --cpu 70", "hpa user --cpu 60", "hpa user --memory none"},
			Access:    slices.Concat(kube.ListWorkloads(), autoscalerAccess("create", "update"), rollout.Access()),
			Owners:    []k8sops.Role{k8sops.System, k8sops.Development},
			On:        autoscaled(),
		},
		Args: func(a *hpaSetArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "min", Into: &a.Min, Summary: messages.New("k8sops.hpa_set.arg.min"), Min: 1, Max: maxReplicas},
				{Name: "max", Into: &a.Max, Summary: messages.New("k8sops.hpa_set.arg.max"), Min: 1, Max: maxReplicas},
				{Name: "cpu", Into: &a.CPU, Summary: messages.New("k8sops.hpa_set.arg.cpu")},
				{Name: "memory", Into: &a.Memory, Summary: messages.New("k8sops.hpa_set.arg.memory")},
			}
		},
		Plan:   h.plan,
		Steps:  []k8sops.Step[hpaSetArgs, hpaState]{{Name: "set", Resume: k8sops.Again, Do: h.set}},
		Verify: h.verify,
		Undo:   h.undo,
	}
}

func autoscalerAccess(verbs ...string) []k8sops.Access {
	var access []k8sops.Access
	for _, verb := range append([]string{"list", "get"}, verbs...) {
		access = append(access, k8sops.Access{Verb: verb, Group: "autoscaling", Resource: "horizontalpodautoscalers"})
	}
	return access
}

func (h hpaSet) plan(ctx context.Context, call *k8sops.Call, args hpaSetArgs) (*k8sops.Plan, hpaState, error) {
	w, before, err := h.autoscalerOf(ctx, call)
	if err != nil {
		return nil, hpaState{}, err
	}
	if owner := ownerOf(before); owner != "" {
		return nil, hpaState{}, &k8sops.Error{Code: k8sops.CodeInvalid,
			Message: messages.New("k8sops.hpa_set.owned", "hpa", messages.Code(before.Name), "owner", messages.Code(owner))}
	}
	limits, err := args.over(before)
	if err != nil {
		return nil, hpaState{}, err
	}
	if err := limits.check(w); err != nil {
		return nil, hpaState{}, err
	}
	after := limits.applied(before, w)
	state := hpaState{Workload: w.Line(), Name: after.Name, After: limits, Target: after.Spec.ScaleTargetRef}
	plan := &k8sops.Plan{Danger: k8sops.Change}
	if before != nil {
		was := limitsOf(before)
		state.Before = &was
		target, err := kube.TargetOf(before)
		if err != nil {
			return nil, state, err
		}
		plan.Targets = []k8sops.Target{target}
	}
	plan.Changes = limitChanges(after.Name, state.Before, limits)
	if plan.NoOp = len(plan.Changes) == 0; plan.NoOp {
		plan.Summary = messages.New("k8sops.hpa_set.nothing", "workload", messages.Code(w.Name))
		return plan, state, nil
	}
	h.assess(plan, w, before, limits)
	if before == nil {
		plan.Summary = messages.New("k8sops.hpa_set.create", "workload", messages.Code(w.Name), "min", limits.Min, "max", limits.Max)
	} else {
		plan.Summary = messages.New("k8sops.hpa_set.change", "workload", messages.Code(w.Name), "hpa", messages.Code(before.Name))
	}
	return plan, state, write(ctx, call, after, before == nil, metav1.DryRunAll)
}

// assess raises the danger where fewer replicas may be left at once, and says what the range does to those that run now.
func (h hpaSet) assess(plan *k8sops.Plan, w kube.Workload, before *autoscalingv2.HorizontalPodAutoscaler, limits hpaLimits) {
	name, now := messages.Code(w.Name), w.Replicas()
	switch {
	case now == 0:
		plan.Warning = append(plan.Warning, messages.New("k8sops.hpa_set.at_zero", "workload", name))
	case int(limits.Min) > now:
		plan.Warning = append(plan.Warning, messages.New("k8sops.hpa_set.grows", "workload", name, "now", now, "min", limits.Min))
	}
	was := 0
	if before != nil {
		was = kube.Minimum(before)
	}
	h.Autoscaling(plan, w, was, int(limits.Min), int(limits.Max))
}

// set writes the autoscaler. When it is done again, one that is as it shall be is left alone.
func (h hpaSet) set(ctx context.Context, r *hpaRun) error {
	r.Progress.Report(0, 1, messages.New("k8sops.hpa_set.running", "workload", messages.Code(r.State.Workload)))
	if r.State.Before == nil {
		created := r.State.After.applied(nil, kube.Workload{})
		created.Name, created.Namespace, created.Spec.ScaleTargetRef = r.State.Name, r.Namespace, r.State.Target
		err := write(ctx, r.Call, created, true)
		if r.Resumed && apierrors.IsAlreadyExists(err) {
			return nil
		}
		return k8sops.Explain("create autoscaler "+r.State.Name, err)
	}
	isSet := func(a *autoscalingv2.HorizontalPodAutoscaler) bool { return r.Resumed && limitsOf(a) == r.State.After }
	err := kube.OnUnchangedObject(ctx, r.Call, r.Plan.Targets[0], isSet, func(a *autoscalingv2.HorizontalPodAutoscaler) error {
		return write(ctx, r.Call, r.State.After.applied(a, kube.Workload{}), false)
	})
	return k8sops.Explain("change autoscaler "+r.State.Name, err)
}

// verify waits until the autoscaler reads its metrics: one that cannot is of no use, and looks as if it were. Then the replicas that it asks
// for at least have to come.
func (h hpaSet) verify(ctx context.Context, r *hpaRun) (*k8sops.Verification, error) {
	verdict, err := h.awaitActive(ctx, r.Call, r.State.Name, r.State.Workload, r.State.After, r.Progress)
	if err != nil || !verdict.OK {
		return verdict, err
	}
	if short, err := h.awaitMinimum(ctx, r); err != nil || short != nil {
		return short, err
	}
	return verdict, nil
}

func (h hpaSet) undo(r *hpaRun) *k8sops.Invocation {
	service := k8sops.Workload(r.State.Workload)
	if r.State.Before == nil {
		return hpaOff(h).spec().Invoke(hpaOffArgs{Service: service})
	}
	return h.spec().Invoke(r.State.Before.args(service))
}

// write creates or updates an autoscaler. The update carries the resourceVersion that was read.
func write(ctx context.Context, call *k8sops.Call, a *autoscalingv2.HorizontalPodAutoscaler, create bool, dryRun ...string) (err error) {
	api := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace)
	if create {
		_, err = api.Create(ctx, a, metav1.CreateOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	} else {
		_, err = api.Update(ctx, a, metav1.UpdateOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	}
	if len(dryRun) > 0 {
		return k8sops.Explain("dry run of autoscaler "+a.Name, err)
	}
	return err
}

// ownerOf is what else writes an autoscaler (KEDA makes its own), "" where nothing does.
func ownerOf(a *autoscalingv2.HorizontalPodAutoscaler) string {
	if a == nil {
		return ""
	}
	if owner := metav1.GetControllerOfNoCopy(a); owner != nil {
		return strings.ToLower(owner.Kind) + "/" + owner.Name
	}
	return ""
}

// over are the limits that result when what was asked is laid over what there is; the handbook's figures where there is nothing.
func (a hpaSetArgs) over(before *autoscalingv2.HorizontalPodAutoscaler) (hpaLimits, error) {
	limits := hpaLimits{Min: 2, Max: 10}
	if before != nil {
		limits = limitsOf(before)
	}
	if a.Min > 0 {
		limits.Min = int32(a.Min) //nolint:gosec // bounded by the declaration
	}
	if a.Max > 0 {
		limits.Max = int32(a.Max) //nolint:gosec // bounded by the declaration
	}
	for _, asked := range []struct {
		name, value string
		into        *int32
	}{{"cpu", a.CPU, &limits.CPU}, {"memory", a.Memory, &limits.Memory}} {
		if asked.value == "" {
			continue
		}
		percentage, err := parsePercentage(asked.name, asked.value)
		if err != nil {
			return limits, err
		}
		*asked.into = percentage
	}
	if before == nil && a.CPU == "" && a.Memory == "" {
		limits.CPU = 70 // handbook: --cpu 70
	}
	if limits.CPU == 0 && limits.Memory == 0 && (before == nil || a.CPU != "" && remade(before)) {
		return limits, k8sops.Invalid(messages.New("k8sops.hpa_set.no_target"))
	}
	return limits, nil
}

func parsePercentage(name, value string) (int32, error) {
	if strings.EqualFold(value, "none") {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "%")), 10, 32)
	if err != nil || n < 1 || n > 1000 {
		return 0, k8sops.Invalid(messages.New("k8sops.hpa_set.bad_percentage", "arg", messages.Code("--"+name), "value", messages.Code(value)))
	}
	return int32(n), nil
}

// check refuses what could never scale.
func (l hpaLimits) check(w kube.Workload) error {
	if l.Min > l.Max {
		return k8sops.Invalid(messages.New("k8sops.hpa_set.min_above_max", "min", l.Min, "max", l.Max))
	}
	template := w.Template()
	if template == nil {
		return nil
	}
	for name, target := range map[corev1.ResourceName]int32{corev1.ResourceCPU: l.CPU, corev1.ResourceMemory: l.Memory} {
		without := slices.IndexFunc(template.Spec.Containers, func(c corev1.Container) bool {
			request, limit := c.Resources.Requests[name], c.Resources.Limits[name] // a limit alone is the request, too
			return request.IsZero() && limit.IsZero()
		})
		if target > 0 && without >= 0 {
			return &k8sops.Error{
				Code: k8sops.CodeInvalid,
				Message: messages.New("k8sops.hpa_set.no_request", "workload", messages.Code(w.Name), "container", messages.Code(template.Spec.Containers[without].Name),
					"resource", string(name)),
				Hint: messages.New("k8sops.hpa_set.no_request_hint"),
			}
		}
	}
	return nil
}

// limitsOf reads an autoscaler's range and its targets for CPU and memory.
func limitsOf(a *autoscalingv2.HorizontalPodAutoscaler) hpaLimits {
	limits := hpaLimits{Min: int32(kube.Minimum(a)), Max: a.Spec.MaxReplicas} //nolint:gosec // it was an int32
	for _, m := range a.Spec.Metrics {
		if m.Resource == nil || m.Resource.Target.AverageUtilization == nil {
			continue
		}
		switch m.Resource.Name {
		case corev1.ResourceCPU:
			limits.CPU = *m.Resource.Target.AverageUtilization
		case corev1.ResourceMemory:
			limits.Memory = *m.Resource.Target.AverageUtilization
		}
	}
	return limits
}

// args are the limits as a call of /hpa set that names them all.
func (l hpaLimits) args(service k8sops.Workload) hpaSetArgs {
	text := func(n int32) string {
		if n == 0 {
			return "none"
		}
		return strconv.Itoa(int(n))
	}
	return hpaSetArgs{Service: service, Min: int(l.Min), Max: int(l.Max), CPU: text(l.CPU), Memory: text(l.Memory)}
}

// applied is the autoscaler with these limits: a copy of the one there is, its other metrics and behaviour as they are, or a new one
// for w.
func (l hpaLimits) applied(before *autoscalingv2.HorizontalPodAutoscaler, w kube.Workload) *autoscalingv2.HorizontalPodAutoscaler {
	a := &autoscalingv2.HorizontalPodAutoscaler{}
	switch {
	case before != nil:
		a = before.DeepCopy()
	case w.Object != nil:
		a.Name, a.Namespace = w.Name+"-hpa", w.GetNamespace()
		a.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: w.APIVersion(), Kind: w.Kind, Name: w.Name}
	}
	a.Spec.MinReplicas, a.Spec.MaxReplicas = &l.Min, l.Max
	a.Spec.Metrics = slices.DeleteFunc(a.Spec.Metrics, func(m autoscalingv2.MetricSpec) bool {
		return m.Resource != nil && m.Resource.Target.AverageUtilization != nil && (m.Resource.Name == corev1.ResourceCPU || m.Resource.Name == corev1.ResourceMemory)
	})
	for _, m := range []struct {
		name   corev1.ResourceName
		target int32
	}{{corev1.ResourceCPU, l.CPU}, {corev1.ResourceMemory, l.Memory}} {
		if m.target == 0 {
			continue
		}
		a.Spec.Metrics = append(a.Spec.Metrics, autoscalingv2.MetricSpec{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
			Name: m.name, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &m.target},
		}})
	}
	return a
}

// limitChanges are the lines of the plan.
func limitChanges(name string, before *hpaLimits, after hpaLimits) []k8sops.FieldChange {
	var changes []k8sops.FieldChange
	var was hpaLimits
	if before != nil {
		was = *before
	}
	for _, field := range []struct {
		name     string
		from, to int32
		unit     string
	}{{"minReplicas", was.Min, after.Min, ""}, {"maxReplicas", was.Max, after.Max, ""}, {"cpu", was.CPU, after.CPU, " %"}, {"memory", was.Memory, after.Memory, " %"}} {
		if field.from != field.to {
			changes = append(changes, k8sops.FieldChange{Object: name, Field: field.name, From: amount(field.from, field.unit), To: amount(field.to, field.unit)})
		}
	}
	return changes
}

func amount(n int32, unit string) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%s", n, unit)
}
