package network

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/netpolicy"
	"opsbot/k8sops/stream"
)

// picture is a namespace as its network policies see it.
type picture struct {
	policies []networkingv1.NetworkPolicy
	groups   []group
	// pods counts those that each policy selects.
	pods map[string]int
}

// group are pods that look the same to a policy: those of a workload, or those of an owner of a kind that opsbot does not know.
type group struct {
	name   string
	labels labels.Set
	// onHost: its pods use the node's network, which policies do not limit.
	onHost bool
}

// pictureAccess is what drawing it takes.
func pictureAccess() []k8sops.Access {
	return append(kube.ListWorkloads(),
		k8sops.Access{Verb: "list", Group: networkingv1.GroupName, Resource: "networkpolicies"},
		k8sops.Access{Verb: "list", Resource: "pods"})
}

func draw(ctx context.Context, call *k8sops.Call) (*picture, error) {
	policies, err := listPolicies(ctx, call)
	if err != nil {
		return nil, err
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	p := &picture{policies: policies, pods: map[string]int{}}
	for _, w := range workloads {
		template := w.Template()
		p.groups = append(p.groups, group{w.Line(), template.Labels, template.Spec.HostNetwork})
	}
	if err := p.countPods(ctx, call); err != nil {
		return nil, err
	}
	slices.SortFunc(p.groups, func(a, b group) int { return strings.Compare(a.name, b.name) })
	return p, nil
}

// listPolicies are those of the namespace, sorted by name.
func listPolicies(ctx context.Context, call *k8sops.Call) ([]networkingv1.NetworkPolicy, error) {
	list, err := call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, k8sops.Explain("list network policies in "+call.Namespace, err)
	}
	slices.SortFunc(list.Items, func(a, b networkingv1.NetworkPolicy) int { return strings.Compare(a.Name, b.Name) })
	return list.Items, nil
}

// countPods counts the pods that each policy selects, and adds those that belong to no workload of Kubernetes' own kinds.
func (p *picture) countPods(ctx context.Context, call *k8sops.Call) error {
	var others []string
	// Metadata and phase are enough.
	light := stream.Pruning{1: stream.LightMetadata(), 3: {2: nil, 8: nil, 10: nil, 13: nil}}
	err := kube.EachPod(ctx, call, stream.Listing{}, light, func(pod *corev1.Pod) {
		if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return
		}
		for i := range p.policies {
			if netpolicy.Selects(&p.policies[i], pod.Labels) {
				p.pods[p.policies[i].Name]++
			}
		}
		owner := kube.OwnerOf(pod)
		name := strings.ToLower(owner.Kind) + "/" + owner.Name
		if slices.Contains(ownKinds(), owner.Kind) || slices.Contains(others, name) {
			return
		}
		others = append(others, name)
		p.groups = append(p.groups, group{name, pod.Labels, pod.Spec.HostNetwork})
	})
	return k8sops.Explain("list pods in "+call.Namespace, err)
}

// ownKinds are the owners of pods whose workload is listed. A node owns what its kubelet runs by itself.
func ownKinds() []string {
	return []string{"ReplicaSet", kube.StatefulSet, kube.DaemonSet, kube.Job, "Node"}
}

// selected are the names of the groups that a policy selects.
func (p *picture) selected(policy *networkingv1.NetworkPolicy) []string {
	var names []string
	for _, g := range p.groups {
		if netpolicy.Selects(policy, g.labels) {
			names = append(names, g.name)
		}
	}
	return names
}

// unlimited are the names of the groups whose connections no policy limits in a direction.
func (p *picture) unlimited(d netpolicy.Direction) []string {
	var names []string
	for _, g := range p.groups {
		if g.onHost || len(netpolicy.Selecting(p.policies, g.labels, d)) == 0 {
			names = append(names, g.name)
		}
	}
	return names
}
