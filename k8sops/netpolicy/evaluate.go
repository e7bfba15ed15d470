package netpolicy

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// End is one end of a connection: a pod, or an address outside the cluster.
type End struct {
	// Namespace of the pod, "" for an address outside the cluster.
	Namespace string
	// NamespaceLabels are nil where they are not known. The name always is.
	NamespaceLabels labels.Set
	Labels          labels.Set
	// Unseen: it is a pod of which nothing but the namespace is known.
	Unseen bool
	// Ports are those that the pod's containers name.
	Ports     []corev1.ContainerPort
	Addresses []netip.Addr
}

// Port is where a connection goes to.
type Port struct {
	Protocol corev1.Protocol
	Number   int32
}

// Answer says whether a connection is let through.
type Answer int

// The answers.
const (
	Denied Answer = iota
	// Unknown: it depends on what cannot be seen from here.
	Unknown
	Allowed
)

// Verdict is what the policies of one side say of a connection.
type Verdict struct {
	Answer Answer
	// Selecting are the policies that limit the pod in this direction. Without any, everything is let through.
	Selecting []string
	// By are those of them that let the connection through or, where the answer is Unknown, may do so.
	By []string
}

// Evaluate says what the policies in the pod's namespace make of a connection between the pod and its peer: d is In where the peer opens it, and
// Out where the pod does.
func Evaluate(policies []networkingv1.NetworkPolicy, d Direction, pod, peer End, port Port) Verdict {
	selecting := Selecting(policies, pod.Labels, d)
	if len(selecting) == 0 {
		return Verdict{Answer: Allowed}
	}
	destination := peer
	if d == In {
		destination = pod
	}
	verdict, by := Verdict{}, map[Answer][]string{}
	for _, p := range selecting {
		verdict.Selecting = append(verdict.Selecting, p.Name)
		answer := Denied
		for _, r := range Rules(p, d) {
			answer = max(answer, r.answer(pod.Namespace, peer, destination, port))
		}
		by[answer] = append(by[answer], p.Name)
		verdict.Answer = max(verdict.Answer, answer)
	}
	if verdict.Answer != Denied {
		verdict.By = by[verdict.Answer]
	}
	return verdict
}

// Rule is a rule of either direction. Without peers, or without ports, it is for all.
type Rule struct {
	Peers []networkingv1.NetworkPolicyPeer
	Ports []networkingv1.NetworkPolicyPort
}

// Rules are those of a policy in a direction.
func Rules(p *networkingv1.NetworkPolicy, d Direction) []Rule {
	var rules []Rule
	if d == In {
		for _, r := range p.Spec.Ingress {
			rules = append(rules, Rule{r.From, r.Ports})
		}
		return rules
	}
	for _, r := range p.Spec.Egress {
		rules = append(rules, Rule{r.To, r.Ports})
	}
	return rules
}

// answer: both the peer and the port must fit.
func (r Rule) answer(namespace string, peer, destination End, port Port) Answer {
	peers, ports := Denied, Denied
	if len(r.Peers) == 0 {
		peers = Allowed
	}
	for _, p := range r.Peers {
		peers = max(peers, isPeer(p, namespace, peer))
	}
	if len(r.Ports) == 0 {
		ports = Allowed
	}
	for _, p := range r.Ports {
		ports = max(ports, isPort(p, destination, port))
	}
	return min(peers, ports)
}
