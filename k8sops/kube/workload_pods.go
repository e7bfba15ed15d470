package kube

import (
	"context"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// PodsOf lists the pods of a workload. It needs list on pods; of a cron job also list on jobs.
func PodsOf(ctx context.Context, call *k8sops.Call, w Workload) ([]corev1.Pod, error) {
	selector, err := podSelector(ctx, call, w)
	if err != nil {
		return nil, err
	}
	list, err := call.Client.Kubernetes.CoreV1().Pods(w.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, k8sops.Explain("list pods of "+w.Ref(), err)
	}
	if selector != "" {
		return list.Items, nil
	}
	return slices.DeleteFunc(list.Items, func(pod corev1.Pod) bool { return OwnerOf(&pod).UID != w.GetUID() }), nil
}

// podSelector is the label selector of the workload's pods, "" where only their owner tells them.
func podSelector(ctx context.Context, call *k8sops.Call, w Workload) (string, error) {
	if w.Kind == CronJob {
		return cronJobPods(ctx, call, w)
	}
	if selector := w.Selector(); selector != nil {
		return metav1.FormatLabelSelector(selector), nil
	}
	return w.custom.selector, nil
}

// cronJobPods selects the pods of all jobs of a cron job that are kept.
func cronJobPods(ctx context.Context, call *k8sops.Call, w Workload) (string, error) {
	jobs, err := call.Client.Kubernetes.BatchV1().Jobs(w.GetNamespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", k8sops.Explain("list jobs of "+w.Ref(), err)
	}
	var names []string
	for i := range jobs.Items {
		if metav1.IsControlledBy(&jobs.Items[i], w) {
			names = append(names, jobs.Items[i].Name)
		}
	}
	if len(names) == 0 {
		return batchv1.JobNameLabel + ",!" + batchv1.JobNameLabel, nil // none: there is no selector of an empty list of names
	}
	return batchv1.JobNameLabel + " in (" + strings.Join(names, ",") + ")", nil
}
