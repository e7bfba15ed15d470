package k8sops

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
)

// execAccess is what running a program in a pod takes: websockets ask for get (and, from Kubernetes 1.35 on, create as
// well), the SPDY fallback for create.
func execAccess(optional bool) []Access {
	return []Access{
		{Verb: "create", Resource: "pods", Subresource: "exec", Optional: optional},
		{Verb: "get", Resource: "pods", Subresource: "exec", Optional: optional},
	}
}

// explainExec turns a failed command into an answer to a person.
func explainExec(action string, err error) error {
	failed, ok := errors.AsType[*CommandError](err)
	if !ok {
		return explain(action, err)
	}
	return &Error{
		Code: CodeFailed, Cause: fmt.Errorf("%s: %w", action, err),
		Message: messages.New("k8sops.exec.failed", "program", messages.Code(failed.Program), "exit", failed.Code, "stderr", failed.Stderr),
	}
}

// container is one running container of a workload.
type container struct{ namespace, pod, name string }

// databaseContainer is where the platform's PostgreSQL runs. It needs list on deployments and pods.
func (d Platform) databaseContainer(ctx context.Context, call *Call) (container, error) {
	namespace := d.Database.Namespace
	if namespace == "" {
		namespace = call.Namespace
	}
	kube := call.Client.Kubernetes
	deployments, err := kube.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + d.Database.Deployment})
	if err != nil {
		return container{}, explain("find database deployment", err)
	}
	for _, deployment := range deployments.Items {
		if deployment.Name != d.Database.Deployment {
			continue
		}
		pods, err := kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(deployment.Spec.Selector)})
		if err != nil {
			return container{}, explain("find database pod", err)
		}
		for i := range pods.Items {
			if pod := &pods.Items[i]; pod.DeletionTimestamp == nil && podReady(pod) {
				return container{namespace, pod.Name, mainContainer(pod, deployment.Name)}, nil
			}
		}
	}
	return container{}, &Error{
		Code:    CodeUnavailable,
		Message: messages.New("k8sops.database.no_pod", "deployment", messages.Code(namespace+"/"+d.Database.Deployment)),
		Suggest: []string{"status " + d.Database.Deployment},
	}
}

func podReady(pod *corev1.Pod) bool {
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
