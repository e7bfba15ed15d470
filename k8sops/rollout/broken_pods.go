package rollout

import (
	"context"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// ReplaceBrokenPods deletes the pods of a stateful set that fail to start with a template that is not wanted any more. Its controller
// waits for them to get ready before it replaces them, which they never do: a template that was rolled back would not help
// (kubernetes.io/docs, StatefulSet, "Forced rollback"). It needs get on stateful sets, list and delete on pods.
func ReplaceBrokenPods(ctx context.Context, d kube.Platform, call *k8sops.Call, target k8sops.Target) ([]string, error) {
	set, err := awaitObserved(ctx, d, call, target)
	if err != nil || kube.WorkloadOf(set).OnDelete() { // then when a pod goes is somebody's own decision
		return nil, err
	}
	pods, err := brokenPods(ctx, call, kube.WorkloadOf(set), set.Status.UpdateRevision)
	if err != nil {
		return nil, err
	}
	var deleted []string
	for _, pod := range pods {
		// Exactly this pod: its successor has the same name.
		uid := pod.UID
		err := call.Client.Kubernetes.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return deleted, k8sops.Explain("delete pod "+pod.Name, err)
		}
		deleted = append(deleted, pod.Name)
	}
	return deleted, nil
}

// BrokenPods are the names of a stateful set's pods that fail to start, whatever their template.
func BrokenPods(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]string, error) {
	pods, err := brokenPods(ctx, call, w, "")
	names := make([]string, len(pods))
	for i, pod := range pods {
		names[i] = pod.Name
	}
	return names, err
}

// awaitObserved reads the stateful set once its controller has seen the newest template.
func awaitObserved(ctx context.Context, d kube.Platform, call *k8sops.Call, target k8sops.Target) (*appsv1.StatefulSet, error) {
	ctx, cancel := context.WithTimeout(ctx, d.RolloutTimeout)
	defer cancel()
	for {
		set, err := call.Client.Kubernetes.AppsV1().StatefulSets(call.Namespace).Get(ctx, target.Name, metav1.GetOptions{})
		if err != nil {
			return nil, k8sops.Explain("get "+target.Key(), err)
		}
		if set.Status.ObservedGeneration >= set.Generation {
			return set, nil
		}
		if err := Sleep(ctx, min(d.Poll, time.Second)); err != nil {
			return nil, k8sops.Explain("wait for the controller of "+target.Key(), err)
		}
	}
}

func brokenPods(ctx context.Context, call *k8sops.Call, w kube.Workload, wanted string) ([]corev1.Pod, error) {
	pods, err := kube.PodsOf(ctx, call, w)
	if err != nil {
		return nil, err
	}
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool {
		return pod.DeletionTimestamp != nil || pod.Labels[appsv1.ControllerRevisionHashLabelKey] == wanted || failedStart(&pod).IsZero()
	})
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods, nil
}
