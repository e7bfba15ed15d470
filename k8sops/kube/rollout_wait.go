package kube

import (
	"context"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	deploymentutil "k8s.io/kubectl/pkg/util/deployment"

	"opsbot/k8sops"
	"opsbot/messages"
)

// WatchRollouts is the access of every operation that changes deployments and waits for them.
func WatchRollouts() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: "apps", Resource: "deployments"},
		{Verb: "get", Group: "apps", Resource: "deployments"},
		{Verb: "list", Group: "apps", Resource: "replicasets"},
		{Verb: "list", Resource: "pods"},
	}
}

// RolloutGoal is what a rollout is waited for.
type RolloutGoal struct {
	Names []string
	// Replicas are the exact counts to reach; a deployment that is not in it shall reach the count of its spec.
	Replicas map[string]int
	// templates are the marks of the pod templates to run; a deployment that is not in it may run any.
	templates map[string]string
	// Recover is the command line that helps when the rollout of a workload fails, "" where there is none.
	Recover func(name string) string
}

// rolloutLook is one deployment at one moment.
type rolloutLook struct {
	name           string
	ready, desired int
	done           bool
	// failed says why it will not get there without help; zero while it may.
	failed messages.Text
	// replaced: it failed because something else changed it, which a rollback would not mend.
	replaced bool
}

// AwaitRollout looks until all deployments are done, one has failed, or the time is up. It gives up early on pods that
// will not start by themselves, so that the rollback is offered in seconds and not after the progress deadline.
func (d Platform) AwaitRollout(ctx context.Context, call *k8sops.Call, goal RolloutGoal, progress k8sops.Progress) (*k8sops.Verification, error) {
	deadline := d.Now().Add(d.RolloutTimeout)
	for {
		looks, err := lookAtRollouts(ctx, call, goal)
		// A rolling API server is no reason to leave a change unproven while there is time.
		if err != nil && (k8sops.CodeOf(err) != k8sops.CodeUnavailable || ctx.Err() != nil || d.Now().After(deadline)) {
			return nil, err
		}
		if err == nil {
			if verdict := judge(looks, goal, progress); verdict != nil {
				return verdict, nil
			}
		}
		if d.Now().After(deadline) {
			return timedOut(looks, goal, d.RolloutTimeout), nil
		}
		if err := sleep(ctx, d.Poll); err != nil {
			return nil, k8sops.Explain("wait for rollout", err)
		}
	}
}

func judge(looks []rolloutLook, goal RolloutGoal, progress k8sops.Progress) *k8sops.Verification {
	ready, desired, allDone := 0, 0, true
	waiting := messages.New("k8sops.rollout.all_ready")
	for _, look := range looks {
		ready, desired = ready+look.ready, desired+look.desired
		if !look.done && allDone {
			allDone = false
			waiting = messages.New("k8sops.rollout.waiting", "workload", messages.Code(look.name), "ready", look.ready, "desired", look.desired)
		}
	}
	progress.Report(ready, desired, waiting)
	for _, look := range looks {
		if !look.failed.IsZero() {
			return &k8sops.Verification{Summary: look.failed, Suggest: goal.remedies(look)}
		}
	}
	if !allDone {
		return nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.rollout.done", "ready", ready, "desired", desired, "count", len(looks))}
}

func (g RolloutGoal) remedies(look rolloutLook) []string {
	if look.replaced {
		return []string{"rollout history " + look.name, "status " + look.name}
	}
	var lines []string
	if g.Recover != nil {
		if line := g.Recover(look.name); line != "" {
			lines = append(lines, line)
		}
	}
	return append(lines, "logs "+look.name+" --errors", "status "+look.name)
}

func timedOut(looks []rolloutLook, goal RolloutGoal, after time.Duration) *k8sops.Verification {
	for _, look := range looks {
		if !look.done {
			return &k8sops.Verification{
				Summary: messages.New("k8sops.rollout.timeout", "workload", messages.Code(look.name),
					"ready", look.ready, "desired", look.desired, "after", after),
				Suggest: goal.remedies(look),
			}
		}
	}
	return &k8sops.Verification{Summary: messages.New("k8sops.rollout.unseen", "after", after)}
}

func lookAtRollouts(ctx context.Context, call *k8sops.Call, goal RolloutGoal) ([]rolloutLook, error) {
	deployments, err := ListDeployments(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	var looks []rolloutLook
	for _, name := range goal.Names {
		at := slices.IndexFunc(deployments, func(d appsv1.Deployment) bool { return d.Name == name })
		if at < 0 {
			looks = append(looks, rolloutLook{name: name, failed: messages.New("k8sops.rollout.gone", "workload", messages.Code(name))})
			continue
		}
		look, err := lookAt(ctx, call, &deployments[at], goal)
		if err != nil {
			return nil, err
		}
		looks = append(looks, look)
	}
	return looks, nil
}

func lookAt(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment, goal RolloutGoal) (rolloutLook, error) {
	look := rolloutLook{name: d.Name, desired: Replicas(d), ready: readyUpdated(d)}
	if want, exact := goal.Replicas[d.Name]; exact {
		look.desired = want
		look.ready = min(look.ready, want)
		if Replicas(d) != want {
			look.failed = overridden(ctx, call, d, want)
			return look, nil
		}
	}
	if want, planned := goal.templates[d.Name]; planned {
		mark, err := templateMark(d.Spec.Template)
		if err != nil {
			return look, err
		}
		if look.replaced = mark != want; look.replaced {
			look.failed = messages.New("k8sops.rollout.replaced", "workload", messages.Code(d.Name))
			return look, nil
		}
	}
	if look.done, look.failed = RolledOut(d); look.done || !look.failed.IsZero() {
		return look, nil
	}
	pod, reason, err := stuckPod(ctx, call, d)
	if err != nil || pod == "" {
		return look, err
	}
	look.failed = messages.New("k8sops.rollout.stuck", "workload", messages.Code(d.Name), "pod", messages.Code(pod), "reason", reason)
	return look, nil
}

// readyUpdated is how many pods of the newest revision serve.
func readyUpdated(d *appsv1.Deployment) int {
	old := d.Status.Replicas - d.Status.UpdatedReplicas
	return int(max(0, d.Status.AvailableReplicas-old))
}

// RolledOut asks kubectl's own rollout status. That one calls a deployment done while surplus pods of a scale-down still
// end; here they count.
func RolledOut(d *appsv1.Deployment) (done bool, failed messages.Text) {
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(d)
	if err != nil {
		return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(d.Name), "reason", err)
	}
	_, done, err = (&polymorphichelpers.DeploymentStatusViewer{}).Status(&unstructured.Unstructured{Object: object}, 0)
	if err != nil {
		return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(d.Name), "reason", err)
	}
	return done && int(d.Status.Replicas) == Replicas(d), messages.Text{}
}

// stuckPod is a pod of the newest revision that will not start by itself, and why; "" where there is none.
func stuckPod(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment) (name, reason string, err error) {
	_, _, newest, err := deploymentutil.GetAllReplicaSets(d, call.Client.Kubernetes.AppsV1())
	if err != nil || newest == nil {
		return "", "", k8sops.Explain("list replica sets of "+d.Name, err)
	}
	pods, err := call.Client.Kubernetes.CoreV1().Pods(d.Namespace).List(ctx,
		metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(d.Spec.Selector)})
	if err != nil {
		return "", "", k8sops.Explain("list pods of "+d.Name, err)
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if !metav1.IsControlledBy(pod, newest) || pod.DeletionTimestamp != nil {
			continue
		}
		if reason := hopeless(pod); reason != "" {
			return pod.Name, reason, nil
		}
	}
	return "", "", nil
}

// hopeless is the waiting reason of a pod that retries in vain. A first failed pull or crash is not enough: the kubelet
// calls it back-off only after trying again.
func hopeless(pod *corev1.Pod) string {
	for _, c := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if c.State.Waiting == nil {
			continue
		}
		switch c.State.Waiting.Reason {
		case "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError":
			return joinReason(c.State.Waiting.Reason, c.State.Waiting.Message)
		case "CrashLoopBackOff":
			if c.RestartCount >= 2 {
				return joinReason(c.State.Waiting.Reason, c.State.Waiting.Message)
			}
		}
	}
	return ""
}

func joinReason(reason, message string) string {
	if message == "" {
		return reason
	}
	return reason + ": " + message
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
