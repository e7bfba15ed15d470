package kube

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// ExecAccess is what running a program in a pod takes: websockets ask for get (and, from Kubernetes 1.35 on, create as
// well), the SPDY fallback for create.
func ExecAccess(optional bool) []k8sops.Access {
	return []k8sops.Access{
		{Verb: "create", Resource: "pods", Subresource: "exec", Optional: optional},
		{Verb: "get", Resource: "pods", Subresource: "exec", Optional: optional},
	}
}

// ExplainExec turns a failed command into an answer to a person.
func ExplainExec(action string, err error) error {
	failed, ok := errors.AsType[*k8sops.CommandError](err)
	if !ok {
		return k8sops.Explain(action, err)
	}
	return &k8sops.Error{
		Code: k8sops.CodeFailed, Cause: fmt.Errorf("%s: %w", action, err),
		Message: messages.New("k8sops.exec.failed", "program", messages.Code(failed.Program), "exit", failed.Code, "stderr", failed.Stderr),
	}
}

// Container is one running container of a workload.
type Container struct{ Namespace, Pod, Name string }

// DatabaseContainer is where the platform's PostgreSQL runs. It needs list on deployments and pods.
func (d Platform) DatabaseContainer(ctx context.Context, call *k8sops.Call) (Container, error) {
	namespace := d.Database.Namespace
	if namespace == "" {
		namespace = call.Namespace
	}
	kube := call.Client.Kubernetes
	deployments, err := kube.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + d.Database.Deployment})
	if err != nil {
		return Container{}, k8sops.Explain("find database deployment", err)
	}
	for _, deployment := range deployments.Items {
		if deployment.Name != d.Database.Deployment {
			continue
		}
		pods, err := kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(deployment.Spec.Selector)})
		if err != nil {
			return Container{}, k8sops.Explain("find database pod", err)
		}
		for i := range pods.Items {
			if pod := &pods.Items[i]; pod.DeletionTimestamp == nil && PodReady(pod) {
				return Container{namespace, pod.Name, mainContainer(pod, deployment.Name)}, nil
			}
		}
	}
	return Container{}, &k8sops.Error{
		Code:    k8sops.CodeUnavailable,
		Message: messages.New("k8sops.database.no_pod", "deployment", messages.Code(namespace+"/"+d.Database.Deployment)),
		Suggest: []string{"status " + d.Database.Deployment},
	}
}

// PodReady reports whether the pod serves.
func PodReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// mainContainer is the container named as the workload, else the first.
func mainContainer(pod *corev1.Pod, workload string) string {
	for _, c := range pod.Spec.Containers {
		if c.Name == workload {
			return c.Name
		}
	}
	if len(pod.Spec.Containers) == 0 {
		return ""
	}
	return pod.Spec.Containers[0].Name
}
