package inspect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// podState is what health needs to know of a pod; small, because there may be tens of thousands.
type podState struct {
	name, workload string
	phase          corev1.PodPhase
	ready          bool
	// trouble is the waiting reason of a container, or the pod's own reason (Evicted), or why it is not scheduled.
	trouble     string
	restarts    int32
	lastRestart time.Time
	lastExit    string
	since       time.Time
}

func podStateOf(pod *corev1.Pod) podState {
	p := podState{
		name: pod.Name, workload: workloadOf(pod), phase: pod.Status.Phase, ready: kube.PodReady(pod),
		trouble: pod.Status.Reason, since: pod.CreationTimestamp.Time,
	}
	for _, c := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if w := c.State.Waiting; w != nil && w.Reason != "" && w.Reason != "PodInitializing" {
			p.trouble = w.Reason
		}
		p.restarts += c.RestartCount
		if t := c.LastTerminationState.Terminated; t != nil && t.FinishedAt.After(p.lastRestart) {
			p.lastRestart, p.lastExit = t.FinishedAt.Time, t.Reason
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			p.trouble = c.Reason
		}
	}
	if pod.DeletionTimestamp != nil {
		p.trouble = "Terminating"
		p.since = pod.DeletionTimestamp.Time
	}
	return p
}

// startGrace is how long a pod may take to start before it is a finding.
const startGrace = 2 * time.Minute

// checkPods finds pods that do not do their work, one finding per workload and reason.
func checkPods(s *snapshot) []finding {
	groups := map[[2]string][]string{}
	for _, p := range s.pods {
		if reason := p.problem(s.now); reason != "" {
			key := [2]string{p.workload, reason}
			groups[key] = append(groups[key], p.name)
		}
	}
	var findings []finding
	for _, key := range sortedKeys(groups) {
		workload, reason := key[0], key[1]
		tone, run := podRemedy(workload, reason)
		slices.Sort(groups[key])
		findings = append(findings, finding{tone, messages.New("k8sops.health.pods", "workload", messages.Code(workload),
			"count", len(groups[key]), "reason", reason, "names", someOf(groups[key])), run})
	}
	return findings
}

// problem is why a pod does not do its work, "" where it does or may still be starting.
func (p podState) problem(now time.Time) string {
	old := now.Sub(p.since) > startGrace
	switch {
	case p.phase == corev1.PodSucceeded:
		return ""
	case p.trouble == "Terminating":
		if now.Sub(p.since) > 5*time.Minute {
			return p.trouble
		}
		return ""
	case p.phase == corev1.PodFailed:
		return cmp.Or(p.trouble, "Failed")
	case broken(p.trouble):
		return p.trouble
	case p.phase == corev1.PodPending && old:
		return cmp.Or(p.trouble, "Pending")
	case p.phase == corev1.PodRunning && !p.ready && old:
		return cmp.Or(p.trouble, "NotReady")
	}
	return ""
}

// broken reasons need no waiting for.
func broken(reason string) bool {
	return strings.HasSuffix(reason, "BackOff") || strings.HasPrefix(reason, "Err") || strings.HasSuffix(reason, "Error") ||
		reason == "InvalidImageName"
}

// podRemedy is how bad a reason is, and what helps: an image that cannot be had is rolled back, a crash is read about
// first.
func podRemedy(workload, reason string) (messages.Tone, string) {
	switch {
	case strings.Contains(reason, "Image"), strings.HasPrefix(reason, "CreateContainer"):
		return messages.ToneBad, rollbackTo + workload
	case reason == "CrashLoopBackOff":
		return messages.ToneBad, "logs " + workload + " --errors"
	case reason == "NotReady":
		return messages.ToneWarning, "logs " + workload + " --errors"
	default:
		return messages.ToneWarning, "events " + workload + " --warnings"
	}
}

func sortedKeys[V any](m map[[2]string]V) [][2]string {
	var keys [][2]string
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return keys
}

// maxRestarts within an hour are a critical alert (handbook: 关键告警).
const maxRestarts = 5

// checkRestarts finds workloads that restart often and did so within the last hour.
func checkRestarts(s *snapshot) []finding {
	var findings []finding
	worst := map[string]podState{}
	for _, p := range s.pods {
		if p.restarts > maxRestarts && s.now.Sub(p.lastRestart) < time.Hour && p.restarts > worst[p.workload].restarts {
			worst[p.workload] = p
		}
	}
	var workloads []string
	for name := range worst {
		workloads = append(workloads, name)
	}
	slices.Sort(workloads)
	for _, name := range workloads {
		p := worst[name]
		findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.restarts", "workload", messages.Code(name),
			"pod", messages.Code(p.name), "restarts", p.restarts, "age", s.now.Sub(p.lastRestart), "exit", cmp.Or(p.lastExit, "?")), "logs " + name + " --previous"})
	}
	return findings
}

// checkWorkloads finds workloads with too few pods, rollouts that are stuck and jobs that failed.
func checkWorkloads(s *snapshot) []finding {
	var findings []finding
	for _, w := range s.workloads {
		if f, found := checkWorkload(w); found {
			findings = append(findings, f)
		}
	}
	return findings
}

func checkWorkload(w kube.Workload) (finding, bool) {
	if w.Kind == kube.Job || w.Kind == kube.CronJob {
		return checkJob(w)
	}
	name, counts := messages.Code(w.Name), w.Counts()
	_, failed := w.RolledOut()
	switch {
	case !failed.IsZero():
		return finding{messages.ToneBad, messages.New("k8sops.health.rollout_stuck", "workload", name, "ready", counts.Available, "desired", counts.Desired), rollbackTo + w.Line()}, true
	case counts.Desired == 0 && w.Kind == kube.DaemonSet:
		return finding{messages.ToneInfo, messages.New("k8sops.health.no_nodes", "workload", name), ""}, true
	case counts.Desired == 0:
		return finding{messages.ToneInfo, messages.New("k8sops.health.scaled_to_zero", "workload", name), ""}, true
	case counts.Available == 0:
		return finding{messages.ToneBad, messages.New("k8sops.health.down", "workload", name, "desired", counts.Desired), "status " + w.Line()}, true
	case counts.Available < counts.Desired:
		return finding{messages.ToneWarning, messages.New("k8sops.health.short", "workload", name, "ready", counts.Available, "desired", counts.Desired), "status " + w.Line()}, true
	}
	return finding{}, false
}

// checkJob finds jobs that failed. A suspended one is somebody's decision.
func checkJob(w kube.Workload) (finding, bool) {
	state, tone := rolloutState(w)
	if tone == messages.ToneGood {
		return finding{}, false
	}
	run := "logs " + w.Line() + " --errors"
	if tone == messages.ToneWarning {
		tone, run = messages.ToneInfo, ""
	}
	return finding{tone, messages.New("k8sops.health.job", "job", messages.Code(w.Ref()), "state", state), run}, true
}
