package workload

import (
	"cmp"
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// observed is what a workload's pods show at one moment. Nothing here says what they need at another.
type observed struct {
	pods       int
	containers map[string]containerUse
	// unmeasured says why the use is not known; zero where it is.
	unmeasured messages.Text
}

// containerUse is a container over all pods: the highest use of any, and how it ended before.
type containerUse struct {
	cpu, memory int64 // of the pod that uses most; 0 where not known
	restarts    int32
	killed      int   // pods in which it was ended for want of memory
	killedLimit int64 // the highest limit with which that happened, 0 where there was none
}

func (o observed) of(container string) containerUse { return o.containers[container] }

// look gathers the pods of a workload and, as far as there are figures, what their containers use.
func look(ctx context.Context, call *k8sops.Call, w kube.Workload) (observed, error) {
	pods, err := kube.PodsOf(ctx, call, w)
	if err != nil {
		return observed{}, err
	}
	seen := observed{pods: len(pods), containers: map[string]containerUse{}}
	ours := map[string]bool{}
	for i := range pods {
		ours[pods[i].Name] = true
		for _, c := range pods[i].Spec.Containers {
			seen.addStatus(c, kube.ContainerStatus(pods[i].Status.ContainerStatuses, c.Name))
		}
	}
	options := metav1.ListOptions{}
	if selector := w.Selector(); selector != nil {
		options.LabelSelector = metav1.FormatLabelSelector(selector)
	}
	metrics, err := call.Client.Metrics.MetricsV1beta1().PodMetricses(w.GetNamespace()).List(ctx, options)
	switch {
	case apierrors.IsNotFound(err), apierrors.IsServiceUnavailable(err):
		seen.unmeasured = messages.New("k8sops.metrics.missing")
		return seen, nil
	case apierrors.IsForbidden(err):
		seen.unmeasured = messages.New("k8sops.resources.forbidden")
		return seen, nil
	case err != nil:
		return seen, k8sops.Explain("list pod metrics in "+w.GetNamespace(), err)
	}
	measured := 0
	for _, m := range metrics.Items {
		if ours[m.Name] {
			measured++
			for _, c := range m.Containers {
				seen.addUse(c.Name, c.Usage)
			}
		}
	}
	if measured == 0 {
		seen.unmeasured = messages.New("k8sops.resources.no_figures", "workload", messages.Code(w.Name))
	}
	return seen, nil
}

func (o observed) addUse(container string, used corev1.ResourceList) {
	use := o.containers[container]
	use.cpu = max(use.cpu, inUnits(corev1.ResourceCPU, used))
	use.memory = max(use.memory, inUnits(corev1.ResourceMemory, used))
	o.containers[container] = use
}

// addStatus counts what a container went through. Kubernetes remembers the last end of a container only, and of pods that are there.
func (o observed) addStatus(c corev1.Container, status corev1.ContainerStatus) {
	use := o.containers[c.Name]
	use.restarts += status.RestartCount
	ended := cmp.Or(status.State.Terminated, status.LastTerminationState.Terminated)
	if ended != nil && ended.Reason == "OOMKilled" {
		use.killed++
		use.killedLimit = max(use.killedLimit, inUnits(corev1.ResourceMemory, c.Resources.Limits))
	}
	o.containers[c.Name] = use
}

func (u containerUse) amount(name corev1.ResourceName) int64 {
	if name == corev1.ResourceCPU {
		return u.cpu
	}
	return u.memory
}

func (u containerUse) show(name corev1.ResourceName) string { return shown(name, u.amount(name)) }

// endings says how often a container ended, nil where it never did.
func (o observed) endings(container string) *messages.Finding {
	use := o.of(container)
	name := messages.Code(container)
	switch {
	case use.killed > 0:
		return &messages.Finding{Tone: messages.ToneBad, Text: messages.New("k8sops.resources.killed", "container", name, "count", use.killed,
			"limit", shown(corev1.ResourceMemory, use.killedLimit), "restarts", use.restarts)}
	case use.restarts > 0:
		return &messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.resources.restarts", "container", name, "count", use.restarts)}
	}
	return nil
}

// footer says how far the figures go.
func (o observed) footer() []messages.Text {
	if !o.unmeasured.IsZero() {
		return []messages.Text{o.unmeasured, messages.New("k8sops.resources.no_suggestion")}
	}
	return []messages.Text{messages.New("k8sops.resources.one_moment"), messages.New("k8sops.resources.never_less")}
}
