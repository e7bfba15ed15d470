package network

import (
	"context"
	"errors"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// alwaysThere is a name that every cluster's DNS knows.
const alwaysThere = "kubernetes.default"

// dnsFromInside asks for a name from a pod that one of the policies selects, and says in words how that went. It is an addition: where it cannot be
// done, that is what it says.
func dnsFromInside(ctx context.Context, call *k8sops.Call, policies []networkingv1.NetworkPolicy) messages.Text {
	from, err := anySelected(ctx, call, policies)
	if err != nil || from.pod == nil {
		return messages.New("k8sops.net_test.inside.no_pod")
	}
	pod := messages.Code(from.pod.Name)
	found, err := probe(ctx, call, from, alwaysThere, 0)
	if err != nil {
		if e, ok := errors.AsType[*k8sops.Error](err); ok {
			return messages.New("k8sops.net_test.inside.failed", "pod", pod, "reason", e.Message)
		}
		return messages.New("k8sops.net_test.inside.no_tool", "pod", pod)
	}
	if found.dns == nil || found.dns.tool == "" {
		return messages.New("k8sops.net_test.inside.no_tool", "pod", pod)
	}
	return messages.New("k8sops.net_test.inside.asked", "pod", pod, "name", messages.Code(alwaysThere), "answer", dnsText(found.dns))
}

// anySelected is a pod that serves and that one of the policies selects; none where there is none.
func anySelected(ctx context.Context, call *k8sops.Call, policies []networkingv1.NetworkPolicy) (source, error) {
	for _, p := range policies {
		options := metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&p.Spec.PodSelector), Limit: 50}
		if everything(&p.Spec.PodSelector) {
			options.LabelSelector = ""
		}
		list, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, options)
		if err != nil {
			return source{}, err
		}
		slices.SortFunc(list.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
		for i := range list.Items {
			if pod := &list.Items[i]; serves(pod) {
				return source{pod, defaultContainer(pod)}, nil
			}
		}
	}
	return source{}, nil
}
