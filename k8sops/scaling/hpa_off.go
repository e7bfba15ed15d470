package scaling

import (
	"context"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// hpaOff is /hpa svc off: it deletes the autoscaler and leaves the replicas as they are.
type hpaOff struct{ hpa }

type hpaOffArgs struct{ Service k8sops.Workload }

// hpaOffState is what an undo needs. Before is nil where /hpa cannot make all of it again.
type hpaOffState struct {
	Workload string     `json:"workload"`
	Before   *hpaLimits `json:"before,omitempty"`
}

type hpaOffRun = k8sops.Run[hpaOffArgs, hpaOffState]

func (h hpaOff) spec() k8sops.ChangeSpec[hpaOffArgs, hpaOffState] {
	return k8sops.ChangeSpec[hpaOffArgs, hpaOffState]{
		Meta: k8sops.Meta{
			Name:     "hpa off",
			Summary:  messages.New("k8sops.hpa_off.summary"),
			Danger:   k8sops.Change,
			Examples: []string{"hpa user off"},
			Access:   append(kube.ListWorkloads(), autoscalerAccess("delete")...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
			On:       autoscaled(),
		},
		Args: func(a *hpaOffArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true}}
		},
		Plan:   h.plan,
		Steps:  []k8sops.Step[hpaOffArgs, hpaOffState]{{Name: "delete", Resume: k8sops.Again, Do: h.remove}},
		Verify: h.verify,
		Undo: func(r *hpaOffRun) *k8sops.Invocation {
			if r.State.Before == nil {
				return nil
			}
			return hpaSet(h).spec().Invoke(r.State.Before.args(k8sops.Workload(r.State.Workload)))
		},
	}
}

func (h hpaOff) plan(ctx context.Context, call *k8sops.Call, _ hpaOffArgs) (*k8sops.Plan, hpaOffState, error) {
	w, a, err := h.autoscalerOf(ctx, call)
	if err != nil {
		return nil, hpaOffState{}, err
	}
	state := hpaOffState{Workload: w.Line()}
	plan := &k8sops.Plan{Danger: k8sops.Change}
	if a == nil {
		plan.NoOp, plan.Summary = true, messages.New("k8sops.hpa_off.nothing", "workload", messages.Code(w.Name))
		return plan, state, nil
	}
	if owner := ownerOf(a); owner != "" {
		return nil, state, &k8sops.Error{Code: k8sops.CodeInvalid,
			Message: messages.New("k8sops.hpa_set.owned", "hpa", messages.Code(a.Name), "owner", messages.Code(owner))}
	}
	target, err := kube.TargetOf(a)
	if err != nil {
		return nil, state, err
	}
	plan.Targets = []k8sops.Target{target}
	plan.Summary = messages.New("k8sops.hpa_off.plan", "workload", messages.Code(w.Name), "hpa", messages.Code(a.Name), "replicas", w.Replicas())
	plan.Changes = []k8sops.FieldChange{{Object: a.Name, Field: "range", From: rangeOf(a), To: "–"}, {Object: a.Name, Field: "metrics", From: targetsOf(a), To: "–"}}
	if limits := limitsOf(a); remade(a) {
		state.Before = &limits
	} else {
		kube.NotRemade(plan, messages.New("k8sops.hpa_off.not_remade", "hpa", messages.Code(a.Name)))
	}
	h.Protect(plan, w)
	return plan, state, nil
}

// remade reports whether /hpa set would make the same autoscaler again: it knows targets for CPU and memory, no other metrics and no
// behaviour.
func remade(a *autoscalingv2.HorizontalPodAutoscaler) bool {
	limits, known := limitsOf(a), 0
	for _, target := range []int32{limits.CPU, limits.Memory} {
		if target > 0 {
			known++
		}
	}
	return a.Spec.Behavior == nil && known == len(a.Spec.Metrics)
}

// targetsOf are the metrics' targets: "cpu 70 %". What is measured now changes all the time, and is none of the plan's business.
func targetsOf(a *autoscalingv2.HorizontalPodAutoscaler) string {
	text := ""
	for i := range a.Spec.Metrics {
		m := readMetric(a, &a.Spec.Metrics[i])
		if text != "" {
			text += ", "
		}
		text += m.name + " " + m.target
	}
	return text
}

// remove deletes exactly the version of the autoscaler that was planned with. When it is done again, one that is gone is done.
func (h hpaOff) remove(ctx context.Context, r *hpaOffRun) error {
	target := r.Plan.Targets[0]
	r.Progress.Report(0, 1, messages.New("k8sops.hpa_off.running", "hpa", messages.Code(target.Name)))
	if r.Resumed && gone(ctx, r.Call, target.Name) {
		return nil
	}
	never := func(*autoscalingv2.HorizontalPodAutoscaler) bool { return false }
	err := kube.OnUnchangedObject(ctx, r.Call, target, never, func(a *autoscalingv2.HorizontalPodAutoscaler) error {
		return r.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(r.Namespace).Delete(ctx, a.Name, metav1.DeleteOptions{
			Preconditions: &metav1.Preconditions{UID: &a.UID, ResourceVersion: &a.ResourceVersion},
		})
	})
	return k8sops.Explain("delete autoscaler "+target.Name, err)
}

func gone(ctx context.Context, call *k8sops.Call, name string) bool {
	_, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	return apierrors.IsNotFound(err)
}

func (h hpaOff) verify(ctx context.Context, r *hpaOffRun) (*k8sops.Verification, error) {
	_, err := r.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(r.Namespace).Get(ctx, r.Plan.Targets[0].Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.hpa_off.done", "workload", messages.Code(r.State.Workload))}, nil
	}
	return &k8sops.Verification{Summary: messages.New("k8sops.hpa_off.still_there", "hpa", messages.Code(r.Plan.Targets[0].Name))}, k8sops.Explain("look for autoscaler", err)
}
