package netpolicy

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// isPeer says whether an end is what a rule of a policy in a namespace names.
func isPeer(p networkingv1.NetworkPolicyPeer, namespace string, peer End) Answer {
	if p.IPBlock != nil {
		return inBlock(p.IPBlock, peer)
	}
	if peer.Namespace == "" {
		return Denied
	}
	if p.NamespaceSelector != nil {
		return min(inNamespace(p.NamespaceSelector, peer), isPod(p.PodSelector, peer))
	}
	if peer.Namespace == namespace {
		return isPod(p.PodSelector, peer)
	}
	return Denied
}

// isPod: without a selector, every pod is meant.
func isPod(selector *metav1.LabelSelector, peer End) Answer {
	switch {
	case selector == nil || len(selector.MatchLabels)+len(selector.MatchExpressions) == 0:
		return Allowed
	case peer.Unseen:
		return Unknown
	case matches(selector, peer.Labels):
		return Allowed
	}
	return Denied
}

// inNamespace: without the namespace's labels, only a selector that asks for nothing but the name can be decided.
func inNamespace(selector *metav1.LabelSelector, peer End) Answer {
	known := labels.Merge(peer.NamespaceLabels, labels.Set{corev1.LabelMetadataName: peer.Namespace})
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return Denied
	}
	requirements, _ := parsed.Requirements()
	answer := Allowed
	for _, r := range requirements {
		switch {
		case peer.NamespaceLabels == nil && r.Key() != corev1.LabelMetadataName:
			answer = Unknown
		case !r.Matches(known):
			return Denied
		}
	}
	return answer
}

// inBlock: blocks of addresses are meant for what is outside the cluster. Of pods, some network plugins compare the address and others do not.
func inBlock(block *networkingv1.IPBlock, peer End) Answer {
	for _, address := range peer.Addresses {
		if !contains(block.CIDR, address) || anyContains(block.Except, address) {
			continue
		}
		if peer.Namespace != "" {
			return Unknown
		}
		return Allowed
	}
	return Denied
}

func contains(cidr string, address netip.Addr) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Contains(address.Unmap())
}

func anyContains(cidrs []string, address netip.Addr) bool {
	for _, cidr := range cidrs {
		if contains(cidr, address) {
			return true
		}
	}
	return false
}
