package kube

import (
	"context"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// AutoscalersByTarget are the namespace's autoscalers by the key of the workload that they scale.
func AutoscalersByTarget(ctx context.Context, call *k8sops.Call) (map[string]*autoscalingv2.HorizontalPodAutoscaler, error) {
	list, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, k8sops.Explain("list autoscalers in "+call.Namespace, err)
	}
	byTarget := map[string]*autoscalingv2.HorizontalPodAutoscaler{}
	for i := range list.Items {
		ref := list.Items[i].Spec.ScaleTargetRef
		byTarget[ref.Kind+"/"+ref.Name] = &list.Items[i]
	}
	return byTarget, nil
}

// Overridden says that w has not the count that was wanted, and which autoscaler scales it, if one does. Whoever or whatever
// set the count leaves no trace that tells a person from a program for certain.
func Overridden(ctx context.Context, call *k8sops.Call, w Workload, want int) messages.Text {
	workload, now := messages.Code(w.Name), w.Replicas()
	// Not to know the autoscaler makes the finding poorer, not wrong.
	if autoscalers, err := AutoscalersByTarget(ctx, call); err == nil && autoscalers[w.Key()] != nil {
		hpa := autoscalers[w.Key()]
		return messages.New("k8sops.rollout.overridden_hpa", "workload", workload, "want", want, "now", now,
			"hpa", messages.Code(hpa.Name), "min", Minimum(hpa), "max", hpa.Spec.MaxReplicas)
	}
	return messages.New("k8sops.rollout.overridden", "workload", workload, "want", want, "now", now)
}

// Minimum is the autoscaler's lower limit; Kubernetes' default is 1.
func Minimum(hpa *autoscalingv2.HorizontalPodAutoscaler) int {
	if hpa.Spec.MinReplicas == nil {
		return 1
	}
	return int(*hpa.Spec.MinReplicas)
}

// RefusedBy refuses a count below the autoscaler's minimum: it would scale right back up (handbook: 缩容操作). Zero is
// another matter: it switches the autoscaler off.
func RefusedBy(hpa *autoscalingv2.HorizontalPodAutoscaler, workload string, to int) error {
	if hpa == nil || to == 0 || to >= Minimum(hpa) {
		return nil
	}
	return &k8sops.Error{
		Code: k8sops.CodeInvalid,
		Message: messages.New("k8sops.scale.hpa_minimum", "workload", messages.Code(workload),
			"hpa", messages.Code(hpa.Name), "min", Minimum(hpa), "to", to),
		Hint: messages.New("k8sops.scale.hpa_minimum_hint", "min", Minimum(hpa)),
	}
}
