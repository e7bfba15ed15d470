package security

import (
	"context"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// unprotected finds workloads that no network policy selects: everything in the cluster may connect to their pods.
func (l *look) unprotected(ctx context.Context, call *k8sops.Call, workloads []kube.Workload) error {
	var selectors []labels.Selector
	err := eachPage(ctx, call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).List, func(page *networkingv1.NetworkPolicyList) {
		for _, policy := range page.Items {
			if selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector); err == nil {
				selectors = append(selectors, selector)
			}
		}
	})
	if err != nil {
		return k8sops.Explain("list network policies", err)
	}
	for _, w := range workloads {
		if w.Template() == nil || selected(selectors, w.Template().Labels) {
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

func selected(selectors []labels.Selector, pod map[string]string) bool {
	for _, selector := range selectors {
		if selector.Matches(labels.Set(pod)) {
			return true
		}
	}
	return false
}
