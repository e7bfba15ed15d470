package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// DefaultContainerAnnotation names the container that kubectl means when none is named.
const DefaultContainerAnnotation = "kubectl.kubernetes.io/default-container"

// PodContainer is one container of a pod, of whichever kind, with what the node says of it.
type PodContainer struct {
	Name string
	// Init: it runs before the others, and ends. A native sidecar (an init container that restarts) is none.
	Init bool
	// Ephemeral: somebody added it to look at the pod.
	Ephemeral bool
	Status    corev1.ContainerStatus
}

// ContainersOf are all containers of a pod: its own first, then sidecars and init containers, then those that were added to look at it.
func ContainersOf(pod *corev1.Pod) []PodContainer {
	var all []PodContainer
	for _, c := range pod.Spec.Containers {
		all = append(all, PodContainer{Name: c.Name, Status: ContainerStatus(pod.Status.ContainerStatuses, c.Name)})
	}
	for _, c := range pod.Spec.InitContainers {
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		all = append(all, PodContainer{Name: c.Name, Init: !sidecar, Status: ContainerStatus(pod.Status.InitContainerStatuses, c.Name)})
	}
	for _, c := range pod.Spec.EphemeralContainers {
		all = append(all, PodContainer{Name: c.Name, Ephemeral: true, Status: ContainerStatus(pod.Status.EphemeralContainerStatuses, c.Name)})
	}
	return all
}

// ContainerStatus is the status of the container of that name, empty where there is none.
func ContainerStatus(statuses []corev1.ContainerStatus, name string) corev1.ContainerStatus {
	if i := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == name }); i >= 0 {
		return statuses[i]
	}
	return corev1.ContainerStatus{}
}

// InTrouble reports whether a container that should have ended well did not: it runs still, failed, or is tried again.
func (c PodContainer) InTrouble() bool {
	s := c.Status.State
	return s.Running != nil || s.Terminated != nil && s.Terminated.ExitCode != 0 || s.Waiting != nil && c.Crashed() != nil
}

// Crashed is how the run before the present one ended, nil where there was none.
func (c PodContainer) Crashed() *corev1.ContainerStateTerminated {
	return c.Status.LastTerminationState.Terminated
}
