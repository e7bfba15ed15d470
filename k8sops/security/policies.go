package security

import (
	"context"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// unprotected finds workloads that no network policy selects: everything in the cluster may connect to their pods.
func (l *look) unprotected(ctx context.Context, call *k8sops.Call, workloads []kube.Workload) error {
	var policies []networkingv1.NetworkPolicy
	err := eachPage(ctx, call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).List, func(page *networkingv1.NetworkPolicyList) {
		policies = append(policies, page.Items...)
	})
	if err != nil {
		return k8sops.Explain("list network policies", err)
	}
	for _, w := range workloads {
		selects := func(p networkingv1.NetworkPolicy) bool { return netpolicy.Selects(&p, w.Template().Labels) }
		if w.Template() == nil || slices.ContainsFunc(policies, selects) {
			continue
		}
		text := messages.New("k8sops.security.no_policy", "workload", messages.Code(w.Line()))
		if w.Template().Spec.HostNetwork {
			text = messages.New("k8sops.security.host_network", "workload", messages.Code(w.Line()))
		}
		l.findings = append(l.findings, newFinding(kindPolicy, messages.ToneWarning, w.Ref(), "", text))
	}
	return nil
}
