package logs

import (
	corev1 "k8s.io/api/core/v1"
)

// logSource is one container's log.
type logSource struct{ pod, container, label string }

func logSources(pods []corev1.Pod) []logSource {
	var sources []logSource
	for _, pod := range pods {
		for _, c := range pod.Spec.Containers {
			source := logSource{pod: pod.Name, container: c.Name, label: pod.Name}
			if len(pod.Spec.Containers) > 1 {
				source.label += "/" + c.Name
			}
			sources = append(sources, source)
		}
	}
	return sources
}
