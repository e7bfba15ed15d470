package kube

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/stream"
)

// EachPod visits the pods of the call's namespace that the selectors of l choose, one at a time and without what cut leaves out. The
// error is the API server's own.
func EachPod(ctx context.Context, call *k8sops.Call, l stream.Listing, cut stream.Pruning, visit func(*corev1.Pod)) error {
	whole := func(ctx context.Context, options metav1.ListOptions) ([]corev1.Pod, error) {
		list, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
	l.Resource, l.Namespace = "pods", call.Namespace
	return stream.Each(ctx, call.Client, l, cut, whole, visit)
}

// OwnerName is the name of the workload that a pod belongs to, read off its owner's: a replica set's without the hash of the template.
func OwnerName(pod *corev1.Pod) string {
	return strings.TrimSuffix(OwnerOf(pod).Name, "-"+pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey])
}
