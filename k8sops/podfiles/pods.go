package podfiles

import (
	"cmp"
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// Running are the running pods of a place, by name; at least one.
func (p Place) Running(ctx context.Context, call *k8sops.Call) ([]corev1.Pod, error) {
	pods, err := kube.PodsOf(ctx, call, p.Workload)
	if err != nil {
		return nil, err
	}
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool {
		return pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning
	})
	if len(pods) == 0 {
		return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.podfiles.no_pod", "workload", messages.Code(p.Name))}
	}
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods, nil
}

// Container is the configured one, the one that the pod's annotation names, or the only one. It is never guessed from the order.
func (p Places) Container(pod *corev1.Pod, configured string) (string, error) {
	var names []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	name := cmp.Or(configured, pod.Annotations[kube.DefaultContainerAnnotation])
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	if !slices.Contains(names, name) {
		return "", k8sops.Invalid(messages.New("k8sops.podfiles.which_container", "pod", messages.Code(pod.Name), "containers", strings.Join(names, ", "),
			"setting", messages.Code(p.Setting)))
	}
	return name, nil
}
