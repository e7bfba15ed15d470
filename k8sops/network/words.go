package network

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// comesIn says in words what a policy lets in.
func comesIn(p *networkingv1.NetworkPolicy) messages.Text {
	switch rules := netpolicy.Rules(p, netpolicy.In); {
	case !netpolicy.Limits(p, netpolicy.In):
		return messages.New("k8sops.netpol.in.free")
	case len(rules) == 0:
		return messages.New("k8sops.netpol.in.nothing")
	case slices.ContainsFunc(rules, isForAll):
		return messages.New("k8sops.netpol.in.all")
	default:
		return messages.New("k8sops.netpol.in.only", "rules", semicolons(rules))
	}
}

// goesOut says in words what a policy lets out.
func goesOut(p *networkingv1.NetworkPolicy) messages.Text {
	switch rules := netpolicy.Rules(p, netpolicy.Out); {
	case !netpolicy.Limits(p, netpolicy.Out):
		return messages.New("k8sops.netpol.out.free")
	case len(rules) == 0:
		return messages.New("k8sops.netpol.out.nothing")
	case slices.ContainsFunc(rules, isForAll):
		return messages.New("k8sops.netpol.out.all")
	default:
		return messages.New("k8sops.netpol.out.only", "rules", semicolons(rules))
	}
}

func isForAll(r netpolicy.Rule) bool { return len(r.Peers)+len(r.Ports) == 0 }

// semicolons joins rules: each of them may be a list.
func semicolons(rules []netpolicy.Rule) messages.Text {
	first := ruleText(rules[0])
	if len(rules) == 1 {
		return first
	}
	return messages.New("k8sops.netpol.rules", "first", first, "rest", semicolons(rules[1:]))
}

func ruleText(r netpolicy.Rule) messages.Text {
	where := messages.New("k8sops.netpol.peer.anybody")
	if len(r.Peers) > 0 {
		texts := make([]messages.Text, len(r.Peers))
		for i, p := range r.Peers {
			texts[i] = peerText(p)
		}
		where = k8sops.Enumerate(texts)
	}
	if len(r.Ports) == 0 {
		return where
	}
	return messages.New("k8sops.netpol.on_ports", "peers", where, "ports", portsText(r.Ports))
}

func peerText(p networkingv1.NetworkPolicyPeer) messages.Text {
	switch {
	case p.IPBlock != nil && len(p.IPBlock.Except) > 0:
		return messages.New("k8sops.netpol.peer.block_except", "cidr", messages.Code(p.IPBlock.CIDR), "except", messages.Code(strings.Join(p.IPBlock.Except, ", ")))
	case p.IPBlock != nil:
		return messages.New("k8sops.netpol.peer.block", "cidr", messages.Code(p.IPBlock.CIDR))
	case p.NamespaceSelector == nil:
		return messages.New("k8sops.netpol.peer.here", "pods", podsText(p.PodSelector))
	case everything(p.NamespaceSelector):
		return messages.New("k8sops.netpol.peer.everywhere", "pods", podsText(p.PodSelector))
	}
	return messages.New("k8sops.netpol.peer.in_namespaces", "pods", podsText(p.PodSelector),
		"namespaces", messages.Code(metav1.FormatLabelSelector(p.NamespaceSelector)))
}

func podsText(selector *metav1.LabelSelector) messages.Text {
	if everything(selector) {
		return messages.New("k8sops.netpol.every_pod")
	}
	return messages.New("k8sops.netpol.some_pods", "selector", messages.Code(metav1.FormatLabelSelector(selector)))
}

func everything(selector *metav1.LabelSelector) bool {
	return selector == nil || len(selector.MatchLabels)+len(selector.MatchExpressions) == 0
}

func portsText(ports []networkingv1.NetworkPolicyPort) messages.Code {
	var parts []string
	for _, p := range ports {
		protocol := corev1.ProtocolTCP
		if p.Protocol != nil {
			protocol = *p.Protocol
		}
		switch {
		case p.Port == nil:
			parts = append(parts, string(protocol))
		case p.EndPort != nil:
			parts = append(parts, fmt.Sprintf("%s %s–%d", protocol, p.Port, *p.EndPort))
		default:
			parts = append(parts, fmt.Sprintf("%s %s", protocol, p.Port))
		}
	}
	return messages.Code(strings.Join(parts, ", "))
}
