package rollout

import (
	"context"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// Obstacle is what Kubernetes itself says keeps a workload's pods from getting ready.
type Obstacle struct {
	// Text says what it is, in a sentence that names the pod where there is one.
	Text messages.Text
	// kind is the same while the obstacle is the same, though its words change.
	kind string
	// final: the kubelet has tried again already, and in vain.
	final bool
	// needsPerson: it does not go away by itself, though it may look like it for a moment.
	needsPerson bool
	// evident: Kubernetes itself says that it is in the way now, so that it is spoken of at once.
	evident bool
	// capacity: the cluster refuses more of anything, so that another revision would not fare better.
	capacity bool
}

// IsZero reports that nothing is in the way.
func (o Obstacle) IsZero() bool { return o.Text.IsZero() }

// ObstacleOf is what holds a workload up, the gravest first: pods that may not be made (quota, admission), pods that fail to start,
// pods without a node or a volume, pods that are not ready. PodDisruptionBudgets hold up evictions only, never a rollout. It needs
// list on pods, and on replica sets for a deployment; events and claims make it say more where the person may see them.
func ObstacleOf(ctx context.Context, call *k8sops.Call, w kube.Workload) (Obstacle, error) {
	if o := refusedPods(ctx, call, w); !o.IsZero() {
		return o, nil
	}
	pods, err := newestPods(ctx, call, w)
	if err != nil {
		return Obstacle{}, err
	}
	for _, find := range []func(*corev1.Pod) Obstacle{failedStart, unschedulable} {
		for i := range pods {
			if o := find(&pods[i]); !o.IsZero() {
				return withClaim(ctx, call, &pods[i], o), nil
			}
		}
	}
	for i := range pods {
		if o := eventObstacle(ctx, call, &pods[i]); !o.IsZero() {
			return o, nil
		}
	}
	return Obstacle{}, nil
}

// refusedPods reads that the API server refuses to make pods. Deployments say it as a condition, the others in an event.
func refusedPods(ctx context.Context, call *k8sops.Call, w kube.Workload) Obstacle {
	message := ""
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		if c := kube.ConditionOf(o, appsv1.DeploymentReplicaFailure); c.Status == corev1.ConditionTrue {
			message = c.Message
		}
	case *appsv1.StatefulSet, *appsv1.DaemonSet, *batchv1.Job:
		if counts := w.Counts(); counts.Current < counts.Desired || w.Kind == kube.DaemonSet {
			message = latestEvent(ctx, call, w, "FailedCreate")
		}
	}
	if message == "" {
		return Obstacle{}
	}
	return Obstacle{
		Text: messages.New("k8sops.obstacle.refused", "workload", messages.Code(w.Name), "reason", shown(message)),
		kind: "refused", needsPerson: true, evident: true, capacity: strings.Contains(message, "exceeded quota"),
	}
}

// newestPods are the pods of the newest template that are not ready and not on their way out, in the order of their names.
func newestPods(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]corev1.Pod, error) {
	pods, err := kube.PodsOf(ctx, call, w)
	if err != nil {
		return nil, err
	}
	belongs := func(*corev1.Pod) bool { return true }
	switch d := w.Deployment(); {
	case d != nil:
		newest, err := newestReplicaSet(ctx, call, w)
		if err != nil || newest == nil {
			return nil, k8sops.Explain("list replica sets of "+d.Name, err)
		}
		belongs = func(pod *corev1.Pod) bool { return metav1.IsControlledBy(pod, newest) }
	case w.Kind == kube.CronJob:
		belongs = func(*corev1.Pod) bool { return false } // its next job is another one's business
	}
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool {
		return !belongs(&pod) || pod.DeletionTimestamp != nil || kube.PodReady(&pod) || pod.Status.Phase == corev1.PodSucceeded
	})
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods, nil
}

// failedStart is a pod that retries in vain: image, configuration or program. A first failed pull or crash is not enough: the
// kubelet calls it back-off only after trying again.
func failedStart(pod *corev1.Pod) Obstacle {
	for _, c := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if c.State.Waiting == nil {
			continue
		}
		reason := c.State.Waiting.Reason
		switch reason {
		case "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError":
		case "CrashLoopBackOff":
			if c.RestartCount < 2 {
				continue
			}
		default:
			continue
		}
		args := []any{"workload", messages.Code(kube.OwnerName(pod)), "pod", messages.Code(pod.Name), "container", messages.Code(c.Name),
			"reason", shown(kube.JoinReason(reason, lastExit(c)))}
		text := messages.New("k8sops.rollout.stuck", args...)
		if slices.ContainsFunc(pod.Spec.InitContainers, func(init corev1.Container) bool { return init.Name == c.Name }) {
			text = messages.New("k8sops.obstacle.init_container", args...)
		}
		return Obstacle{Text: text, kind: "start " + reason, final: true}
	}
	return Obstacle{}
}

// lastExit is what the kubelet says of a container that waits; for one that ran out of memory, that.
func lastExit(c corev1.ContainerStatus) string {
	if last := c.LastTerminationState.Terminated; last != nil && last.Reason == "OOMKilled" {
		return "OOMKilled"
	}
	return c.State.Waiting.Message
}

func unschedulable(pod *corev1.Pod) Obstacle {
	for _, c := range pod.Status.Conditions {
		if c.Type != corev1.PodScheduled || c.Status != corev1.ConditionFalse {
			continue
		}
		text := messages.New("k8sops.obstacle.unschedulable", "pod", messages.Code(pod.Name), "reason", shown(c.Message))
		if c.Reason == corev1.PodReasonSchedulingGated {
			text = messages.New("k8sops.obstacle.gated", "pod", messages.Code(pod.Name))
		}
		// More nodes may come by themselves.
		return Obstacle{Text: text, kind: "schedule", evident: true, capacity: strings.Contains(c.Message, "Insufficient") || strings.Contains(c.Message, "Too many pods")}
	}
	return Obstacle{}
}

// withClaim says which volume a pod without a node waits for, where that is why.
func withClaim(ctx context.Context, call *k8sops.Call, pod *corev1.Pod, o Obstacle) Obstacle {
	if o.kind != "schedule" {
		return o
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim == nil {
			continue
		}
		claim, err := call.Client.Kubernetes.CoreV1().PersistentVolumeClaims(pod.Namespace).Get(ctx, volume.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil || claim.Status.Phase == corev1.ClaimBound { // a claim that one may not see explains nothing
			continue
		}
		reason := latestEventOf(ctx, call, "PersistentVolumeClaim", claim, "")
		return Obstacle{
			Text: messages.New("k8sops.obstacle.claim", "pod", messages.Code(pod.Name), "claim", messages.Code(claim.Name), "reason", shown(reason)),
			kind: "claim", evident: true, capacity: true,
		}
	}
	return o
}

// eventObstacle is what the kubelet last warned of: a volume that cannot be mounted, a sandbox that cannot be made, a probe that fails.
func eventObstacle(ctx context.Context, call *k8sops.Call, pod *corev1.Pod) Obstacle {
	message := latestEventOf(ctx, call, "Pod", pod, "")
	if message == "" {
		return Obstacle{}
	}
	return Obstacle{Text: messages.New("k8sops.obstacle.warning", "pod", messages.Code(pod.Name), "reason", shown(message)), kind: "warning"}
}

// eventMemory is how old a warning may be to explain what holds a rollout up now.
const eventMemory = 2 * time.Minute

// latestEvent is the message of the newest warning about a workload, of a reason where one is given; "" where there is none, or
// where the person may not see events.
func latestEvent(ctx context.Context, call *k8sops.Call, w kube.Workload, reason string) string {
	return latestEventOf(ctx, call, w.Kind, w, reason)
}

func latestEventOf(ctx context.Context, call *k8sops.Call, kind string, o metav1.Object, reason string) string {
	list, err := call.Client.Kubernetes.CoreV1().Events(o.GetNamespace()).List(ctx, metav1.ListOptions{
		FieldSelector: "type=Warning,involvedObject.kind=" + kind + ",involvedObject.name=" + o.GetName(),
	})
	if err != nil {
		return ""
	}
	var newest *corev1.Event
	for i := range list.Items {
		event := &list.Items[i]
		matches := event.InvolvedObject.UID == o.GetUID() && (reason == "" || event.Reason == reason)
		if matches && call.Now.Sub(kube.LastSeen(event)) < eventMemory && (newest == nil || kube.LastSeen(event).After(kube.LastSeen(newest))) {
			newest = event
		}
	}
	if newest == nil {
		return ""
	}
	return newest.Message
}

// shown is a message of the cluster as it may be shown to a channel.
func shown(message string) string { return messages.Clip(redact.Text(message), 300) }
