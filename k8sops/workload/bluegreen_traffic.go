package workload

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// traffic are the pods behind a Service at one moment, by the version that their label says.
type traffic struct {
	ready map[string]int
	// others are addresses that are of no pod of the namespace.
	others int
}

// trafficOf reads the Service's endpoint slices: what kube-proxy sends traffic to, and not what the selector promises.
func trafficOf(ctx context.Context, call *k8sops.Call, service string) (traffic, error) {
	api := call.Client.Kubernetes
	list, err := api.DiscoveryV1().EndpointSlices(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service})
	if err != nil {
		return traffic{}, k8sops.Explain("list endpoint slices of "+service, err)
	}
	pods, err := api.CoreV1().Pods(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return traffic{}, k8sops.Explain("list pods", err)
	}
	t := traffic{ready: map[string]int{}}
	for _, slice := range list.Items {
		for _, e := range slice.Endpoints {
			if e.Conditions.Ready != nil && !*e.Conditions.Ready {
				continue
			}
			at := -1
			if e.TargetRef != nil {
				at = slices.IndexFunc(pods.Items, func(p corev1.Pod) bool { return p.Name == e.TargetRef.Name })
			}
			if at < 0 {
				t.others++
				continue
			}
			t.ready[pods.Items[at].Labels[versionLabel]]++
		}
	}
	return t, nil
}

// onlyTo tells whether every address that takes traffic is of a version, and that there is one.
func (t traffic) onlyTo(version string) bool {
	return len(t.ready) == 1 && t.ready[version] > 0 && t.others == 0
}

// awaitTraffic waits until a Service sends traffic to one version alone; ok is false where the time is up first.
func (b blueGreen) awaitTraffic(ctx context.Context, call *k8sops.Call, service, version string, p k8sops.Progress) (t traffic, ok bool, err error) {
	for deadline := b.Now().Add(b.RolloutTimeout); ; {
		if t, err = trafficOf(ctx, call, service); err != nil {
			return t, false, err
		}
		if t.onlyTo(version) {
			return t, true, nil
		}
		if b.Now().After(deadline) {
			return t, false, nil
		}
		p.Report(0, 0, messages.New("k8sops.bluegreen.waiting", "service", messages.Code(service), "version", messages.Code(version)))
		if err := rollout.Sleep(ctx, b.Poll); err != nil {
			return t, false, k8sops.Explain("wait for the endpoints of "+service, err)
		}
	}
}

// mustTakeTraffic is awaitTraffic for a step that nothing may follow before.
func (b blueGreen) mustTakeTraffic(ctx context.Context, call *k8sops.Call, service, version string, p k8sops.Progress) error {
	_, ok, err := b.awaitTraffic(ctx, call, service, version, p)
	if err == nil && !ok {
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.bluegreen.not_taken",
			"service", messages.Code(service), "version", messages.Code(version), "after", b.RolloutTimeout)}
	}
	return err
}

// selectorText is a selector as kubectl writes it.
func selectorText(selector map[string]string) string {
	return metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: selector})
}
