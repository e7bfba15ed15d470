package scaling

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"opsbot/k8sops"
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
