package logs

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops/kube"
)

// everyContainer as the value of --container means all of them, init containers too.
const everyContainer = "all"

// previousLabel marks lines of the run before the last restart.
const previousLabel = " (previous)"

// logSource is one container's log: the present one, or that of the run before the last restart.
type logSource struct {
	pod, container, label string
	previous              bool
	// ended is how that run ended, nil where the node does not say.
	ended *corev1.ContainerStateTerminated
	// started is when the log began, zero where the node does not say.
	started time.Time
}

// logSources are the logs to read of pods, and the names of containers that are left out because others are meant by default.
func logSources(pods []corev1.Pod, args logsArgs, now time.Time) (sources []logSource, passed []string) {
	for i := range pods {
		pod := &pods[i]
		all := kube.ContainersOf(pod)
		for _, c := range all {
			if isMeant(pod, all, c, args.Container) {
				sources = append(sources, sourcesOf(pod, c, len(all) > 1, args, now)...)
			} else if args.Container == "" && !c.Init && !slices.Contains(passed, c.Name) {
				passed = append(passed, c.Name)
			}
		}
	}
	return sources, passed
}

// containerNames are the names of all containers of pods, each once.
func containerNames(pods []corev1.Pod) (names []string) {
	for i := range pods {
		for _, c := range kube.ContainersOf(&pods[i]) {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// isMeant: a container that is named; else the one that the pod names as its default, or all that serve. An init container counts as long
// as it has not ended well.
func isMeant(pod *corev1.Pod, all []kube.PodContainer, c kube.PodContainer, name string) bool {
	if name != "" {
		return name == everyContainer || name == c.Name
	}
	if c.Ephemeral || c.Init {
		return c.Init && c.InTrouble()
	}
	standard := pod.Annotations[kube.DefaultContainerAnnotation]
	for _, other := range all {
		if other.Name == standard {
			return c.Name == standard
		}
	}
	return true
}

// sourcesOf: a container that waits after a crash has no log but that of the crash; one that crashed in the time asked for has two.
func sourcesOf(pod *corev1.Pod, c kube.PodContainer, several bool, args logsArgs, now time.Time) []logSource {
	current := logSource{pod: pod.Name, container: c.Name, label: pod.Name}
	if several {
		current.label += "/" + c.Name
	}
	before := current
	before.previous, before.label, before.ended = true, current.label+previousLabel, c.Crashed()
	if before.ended != nil {
		before.started = before.ended.StartedAt.Time
	}
	if running := c.Status.State.Running; running != nil {
		current.started = running.StartedAt.Time
	}
	switch {
	case args.Previous, before.ended != nil && c.Status.State.Waiting != nil:
		return []logSource{before}
	case before.ended != nil && before.ended.FinishedAt.After(now.Add(-args.Since)):
		return []logSource{before, current}
	}
	return []logSource{current}
}

// window is the beginning of what is asked for: of a run that ended, the time before its end.
func (s logSource) window(now time.Time, since time.Duration) time.Time {
	if s.previous && s.ended != nil && !s.ended.FinishedAt.IsZero() {
		return s.ended.FinishedAt.Add(-since)
	}
	return now.Add(-since)
}

// containersOf is how many containers the sources are of.
func containersOf(sources []logSource) int {
	seen := map[[2]string]bool{}
	for _, s := range sources {
		seen[[2]string{s.pod, s.container}] = true
	}
	return len(seen)
}
