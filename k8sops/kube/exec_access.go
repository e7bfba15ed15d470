package kube

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

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
	if _, said := errors.AsType[*k8sops.Error](err); said || !ok { // who knows more about the program has said it better
		return k8sops.Explain(action, err)
	}
	return &k8sops.Error{
		Code: k8sops.CodeFailed, Cause: fmt.Errorf("%s: %w", action, err),
		Message: messages.New("k8sops.exec.failed", "program", messages.Code(failed.Program), "exit", failed.Code, "stderr", failed.Stderr),
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
