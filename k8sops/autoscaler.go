package k8sops

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
)

// autoscalersByTarget are the namespace's autoscalers by the deployment that they scale.
func autoscalersByTarget(ctx context.Context, call *Call) (map[string]*autoscalingv2.HorizontalPodAutoscaler, error) {
	list, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, explain("list autoscalers in "+call.Namespace, err)
	}
	byTarget := map[string]*autoscalingv2.HorizontalPodAutoscaler{}
	for i := range list.Items {
		if ref := list.Items[i].Spec.ScaleTargetRef; ref.Kind == "Deployment" {
			byTarget[ref.Name] = &list.Items[i]
		}
	}
	return byTarget, nil
}

// overridden says that d has not the count that was wanted, and which autoscaler scales it, if one does. Whoever or whatever
// set the count leaves no trace that tells a person from a program for certain.
func overridden(ctx context.Context, call *Call, d *appsv1.Deployment, want int) messages.Text {
	workload, now := messages.Code(d.Name), replicas(d)
	// Not to know the autoscaler makes the finding poorer, not wrong.
	if autoscalers, err := autoscalersByTarget(ctx, call); err == nil && autoscalers[d.Name] != nil {
		hpa := autoscalers[d.Name]
		return messages.New("k8sops.rollout.overridden_hpa", "workload", workload, "want", want, "now", now,
			"hpa", messages.Code(hpa.Name), "min", minimum(hpa), "max", hpa.Spec.MaxReplicas)
	}
	return messages.New("k8sops.rollout.overridden", "workload", workload, "want", want, "now", now)
}

// minimum is the autoscaler's lower limit; Kubernetes' default is 1.
func minimum(hpa *autoscalingv2.HorizontalPodAutoscaler) int {
	if hpa.Spec.MinReplicas == nil {
		return 1
	}
	return int(*hpa.Spec.MinReplicas)
}

// refusedBy refuses a count below the autoscaler's minimum: it would scale right back up (handbook: 缩容操作). Zero is
// another matter: it switches the autoscaler off.
func refusedBy(hpa *autoscalingv2.HorizontalPodAutoscaler, workload string, to int) error {
	if hpa == nil || to == 0 || to >= minimum(hpa) {
		return nil
	}
	return &Error{
		Code: CodeInvalid,
		Message: messages.New("k8sops.scale.hpa_minimum", "workload", messages.Code(workload),
			"hpa", messages.Code(hpa.Name), "min", minimum(hpa), "to", to),
		Hint: messages.New("k8sops.scale.hpa_minimum_hint", "min", minimum(hpa)),
	}
}
