package scaling

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// blindPatience is how long a new autoscaler may be without figures: its controller looks every 15 s, and the figures of new pods
// take a minute.
const blindPatience = 2 * time.Minute

// awaitActive looks until the autoscaler has the limits and reads its metrics.
func (h hpa) awaitActive(ctx context.Context, call *k8sops.Call, name, service string, want hpaLimits, progress k8sops.Progress) (*k8sops.Verification, error) {
	deadline := h.Now().Add(min(blindPatience, h.RolloutTimeout))
	for {
		a, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, k8sops.Explain("get autoscaler "+name, err)
		}
		if limitsOf(a) != want {
			return &k8sops.Verification{Summary: messages.New("k8sops.hpa_set.overridden", "hpa", messages.Code(name)), Suggest: []string{"hpa " + service}}, nil
		}
		state, _ := stateOf(a, h.Now())
		active := conditionOf(a, autoscalingv2.ScalingActive)
		if active.Status == corev1.ConditionTrue || active.Reason == "ScalingDisabled" {
			return &k8sops.Verification{OK: true, Summary: state}, nil
		}
		progress.Report(0, 0, state)
		if h.Now().After(deadline) {
			return &k8sops.Verification{Summary: state, Suggest: []string{"hpa " + service, "top pods"}}, nil
		}
		if err := rollout.Sleep(ctx, h.Poll); err != nil {
			return nil, k8sops.Explain("wait for autoscaler "+name, err)
		}
	}
}

// awaitMinimum waits until a workload that has fewer replicas than the autoscaler's minimum has them, and says what is in the way: a quota, no
// room on the nodes. It is nil where nothing is.
func (h hpa) awaitMinimum(ctx context.Context, r *hpaRun) (*k8sops.Verification, error) {
	target := k8sops.Target{Kind: r.State.Target.Kind, Name: r.State.Target.Name}
	if !slices.Contains(kube.RollingKinds(), target.Kind) {
		return nil, nil
	}
	deadline := h.Now().Add(min(blindPatience, h.RolloutTimeout))
	for {
		o, err := kube.Get(ctx, r.Call, target)
		if err != nil {
			return nil, k8sops.Explain("get "+target.Key(), err)
		}
		w, least := kube.WorkloadOf(o), int(r.State.After.Min)
		switch {
		case w.Replicas() == 0, w.Counts().Available >= least: // scaled to zero it is left alone
			return nil, nil
		case w.Replicas() >= least:
			verdict, err := rollout.Await(ctx, h.Platform, r.Call, rollout.Goal{Targets: []k8sops.Target{target}}, r.Progress)
			if err != nil || !verdict.OK {
				return verdict, err
			}
			return nil, nil
		case h.Now().After(deadline):
			return &k8sops.Verification{Suggest: []string{"hpa " + r.State.Workload},
				Summary: messages.New("k8sops.hpa_set.not_grown", "workload", messages.Code(w.Name), "now", w.Replicas(), "min", least)}, nil
		}
		if err := rollout.Sleep(ctx, h.Poll); err != nil {
			return nil, k8sops.Explain("wait for "+target.Key(), err)
		}
	}
}
