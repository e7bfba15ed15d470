package network

import (
	"context"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// prediction is what the policies say of a connection: whether it is let out, in, and whether the name may be resolved.
type prediction struct{ out, in, dns netpolicy.Verdict }

// answer is that of both sides together.
func (p prediction) answer() netpolicy.Answer { return min(p.out.Answer, p.in.Answer) }

// deniedBy are the policies that stand in the way.
func (p prediction) deniedBy() []string {
	var by []string
	for _, v := range []netpolicy.Verdict{p.out, p.in} {
		if v.Answer == netpolicy.Denied {
			by = append(by, v.Selecting...)
		}
	}
	return by
}

// predictor knows the policies of the namespace.
type predictor struct {
	policies []networkingv1.NetworkPolicy
	here     labels.Set // the namespace's labels, nil where they may not be read
	from     netpolicy.End
	onHost   bool
}

func newPredictor(ctx context.Context, call *k8sops.Call, from *corev1.Pod) (*predictor, error) {
	policies, err := listPolicies(ctx, call)
	if err != nil {
		return nil, err
	}
	p := &predictor{policies: policies, onHost: from.Spec.HostNetwork}
	if namespace, err := call.Client.Kubernetes.CoreV1().Namespaces().Get(ctx, call.Namespace, metav1.GetOptions{}); err == nil {
		p.here = namespace.Labels
	}
	p.from = p.end(from)
	return p, nil
}

// end is a pod of the namespace.
func (p *predictor) end(pod *corev1.Pod) netpolicy.End {
	e := netpolicy.End{Namespace: pod.Namespace, NamespaceLabels: p.here, Labels: pod.Labels, Ports: portsOf(pod)}
	for _, ip := range pod.Status.PodIPs {
		if address, err := netip.ParseAddr(ip.IP); err == nil {
			e.Addresses = append(e.Addresses, address)
		}
	}
	return e
}

// predict says what the policies make of a connection. resolved are the addresses that the pod knows for the name.
func (p *predictor) predict(t target, resolved []string) prediction {
	var outs, ins []netpolicy.Verdict
	switch {
	case len(t.pods) > 0:
		for i := range t.pods {
			out, in := p.toPod(t, &t.pods[i])
			outs, ins = append(outs, out), append(ins, in)
		}
	case t.service != nil && len(t.service.Spec.Selector) > 0: // no pod is there to answer
		outs, ins = []netpolicy.Verdict{p.outTo(netpolicy.End{Namespace: p.from.Namespace, NamespaceLabels: p.here, Labels: t.service.Spec.Selector, Unseen: true}, t.port)}, []netpolicy.Verdict{{Answer: netpolicy.Unknown}}
	case t.namespace != "":
		outs, ins = []netpolicy.Verdict{p.outTo(netpolicy.End{Namespace: t.namespace, Unseen: true}, t.port)}, []netpolicy.Verdict{{Answer: netpolicy.Unknown}}
	default:
		outs, ins = []netpolicy.Verdict{p.outside(t, resolved)}, []netpolicy.Verdict{{Answer: netpolicy.Allowed}}
	}
	return prediction{together(outs), together(ins), p.toDNS()}
}

func (p *predictor) toPod(t target, pod *corev1.Pod) (out, in netpolicy.Verdict) {
	number, known := t.portOf(pod)
	if !known {
		return netpolicy.Verdict{Answer: netpolicy.Unknown}, netpolicy.Verdict{Answer: netpolicy.Unknown}
	}
	peer, in := p.end(pod), netpolicy.Verdict{Answer: netpolicy.Allowed}
	if !pod.Spec.HostNetwork {
		in = netpolicy.Evaluate(p.policies, netpolicy.In, peer, p.from, netpolicy.Port{Protocol: corev1.ProtocolTCP, Number: number})
	}
	return p.outTo(peer, int(number)), in
}

func (p *predictor) outTo(peer netpolicy.End, port int) netpolicy.Verdict {
	if p.onHost {
		return netpolicy.Verdict{Answer: netpolicy.Allowed}
	}
	return netpolicy.Evaluate(p.policies, netpolicy.Out, p.from, peer, netpolicy.Port{Protocol: corev1.ProtocolTCP, Number: int32(port)})
}

// outside is for what is not known to be in the cluster.
func (p *predictor) outside(t target, resolved []string) netpolicy.Verdict {
	var peer netpolicy.End
	for _, text := range append([]string{t.host}, resolved...) {
		if address, err := netip.ParseAddr(text); err == nil {
			peer.Addresses = append(peer.Addresses, address)
		}
	}
	verdict := p.outTo(peer, t.port)
	if len(peer.Addresses) == 0 && verdict.Answer == netpolicy.Denied { // a block of addresses may let it out
		verdict.Answer, verdict.By = netpolicy.Unknown, verdict.Selecting
	}
	return verdict
}

// toDNS is whether the cluster's DNS may be asked, where it runs as usual.
func (p *predictor) toDNS() netpolicy.Verdict {
	if p.onHost {
		return netpolicy.Verdict{Answer: netpolicy.Allowed}
	}
	const namespace = "kube-system"
	server := netpolicy.End{Namespace: namespace, Labels: labels.Set{"k8s-app": "kube-dns"}, Ports: []corev1.ContainerPort{{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}}}
	return netpolicy.Evaluate(p.policies, netpolicy.Out, p.from, server, netpolicy.Port{Protocol: corev1.ProtocolUDP, Number: 53})
}

// together is what holds for all of several pods; where they differ, it depends on which one answers.
func together(verdicts []netpolicy.Verdict) netpolicy.Verdict {
	first := verdicts[0]
	for _, v := range verdicts[1:] {
		if v.Answer != first.Answer {
			all := slices.Concat(first.Selecting, v.Selecting)
			slices.Sort(all)
			all = slices.Compact(all)
			return netpolicy.Verdict{Answer: netpolicy.Unknown, Selecting: all, By: all}
		}
	}
	return first
}

// verdictText says what the policies of one side make of a connection, and which.
func verdictText(v netpolicy.Verdict) messages.Text {
	switch {
	case v.Answer == netpolicy.Allowed && len(v.By) == 0:
		return messages.New("k8sops.net_test.policy.free")
	case v.Answer == netpolicy.Allowed:
		return messages.New("k8sops.net_test.policy.allowed", "policies", nameList(v.By))
	case v.Answer == netpolicy.Denied:
		return messages.New("k8sops.net_test.policy.denied", "policies", nameList(v.Selecting))
	case len(v.By) == 0:
		return messages.New("k8sops.net_test.policy.unseen")
	}
	return messages.New("k8sops.net_test.policy.unknown", "policies", nameList(v.By))
}
