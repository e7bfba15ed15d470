package scaling

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	resourcehelper "k8s.io/component-helpers/resource"
	schedulinghelper "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// freeNode is a node that takes pods, with what is left of it.
type freeNode struct {
	node *corev1.Node
	free corev1.ResourceList
}

// readNodes subtracts what all pods of the cluster request from what the nodes can give, as the scheduler does.
func (r *room) readNodes(ctx context.Context, call *k8sops.Call) error {
	list, err := call.Client.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i := range list.Items {
		node := &list.Items[i]
		if node.Spec.Unschedulable || !nodeReady(node) {
			continue
		}
		at[node.Name] = len(r.nodes)
		r.nodes = append(r.nodes, freeNode{node, node.Status.Allocatable.DeepCopy()})
	}
	everywhere := *call
	everywhere.Namespace = metav1.NamespaceAll
	living := stream.Listing{FieldSelector: "status.phase!=Succeeded,status.phase!=Failed"}
	err = kube.EachPod(ctx, &everywhere, living, stream.Pruning{1: stream.LightMetadata()}, func(pod *corev1.Pod) {
		i, scheduled := at[pod.Spec.NodeName]
		if !scheduled || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return
		}
		for name, amount := range neededBy(pod) {
			if left, limited := r.nodes[i].free[name]; limited {
				left.Sub(amount)
				r.nodes[i].free[name] = left
			}
		}
	})
	r.nodesKnow = err == nil
	return err
}

func nodeReady(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// neededBy is what a pod takes of its node: what it requests, and a place.
func neededBy(pod *corev1.Pod) corev1.ResourceList {
	needs := resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})
	needs[corev1.ResourcePods] = *one()
	return needs
}

// onNodes is how many more pods like sample the nodes take, of as many as are wanted.
func (r *room) onNodes(sample *corev1.Pod, extra int) bound {
	needs, fitting, open := neededBy(sample), 0, 0
	affinity := nodeaffinity.GetRequiredNodeAffinity(sample)
	for _, n := range r.nodes {
		if matches, err := affinity.Match(n.node); err != nil || !matches || turnsAway(n.node, sample) {
			continue
		}
		open++
		fitting += timesIn(n.free, needs)
	}
	b := bound{fitting, messages.New("k8sops.advice.nodes", "nodes", open, "cpu", needs.Cpu().String(), "memory", messages.Bytes(needs.Memory().Value()), "more", fitting, "spread", spreadNote(sample))}
	if fitting >= extra {
		b.why = messages.New("k8sops.advice.nodes_fit", "nodes", open, "cpu", needs.Cpu().String(), "memory", messages.Bytes(needs.Memory().Value()), "extra", extra, "spread", spreadNote(sample))
	}
	return b
}

func turnsAway(node *corev1.Node, pod *corev1.Pod) bool {
	hard := func(t *corev1.Taint) bool {
		return t.Effect == corev1.TaintEffectNoSchedule || t.Effect == corev1.TaintEffectNoExecute
	}
	_, turnsAway := schedulinghelper.FindMatchingUntoleratedTaint(klog.Background(), node.Spec.Taints, pod.Spec.Tolerations, hard, false)
	return turnsAway
}

// spreadNote says that rules about other pods are not looked at, where the pod has some.
func spreadNote(pod *corev1.Pod) messages.Text {
	spreads := pod.Spec.Affinity != nil && (pod.Spec.Affinity.PodAntiAffinity != nil || pod.Spec.Affinity.PodAffinity != nil)
	for _, c := range pod.Spec.TopologySpreadConstraints {
		spreads = spreads || c.WhenUnsatisfiable == corev1.DoNotSchedule
	}
	if !spreads {
		return messages.Text{}
	}
	return messages.New("k8sops.advice.spread")
}

// timesIn is how often an amount goes into what is free. What the node says nothing of, it has not.
func timesIn(free, needs corev1.ResourceList) int {
	times := -1
	for name, amount := range needs {
		if amount.IsZero() {
			continue
		}
		left := free[name]
		n := int(max(0, left.MilliValue()) / amount.MilliValue())
		if times < 0 || n < times {
			times = n
		}
	}
	return max(0, times)
}
