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
	// others are addresses that are of no pod of either side.
	others int
}

// crossing is the Service whose traffic is looked at, with the selector that both sides' pods have in common: the Service's from before.
type crossing struct {
	service string
	pods    map[string]string
}

func behind(service string, t track) crossing { return crossing{service, t.Selector} }

// trafficOf reads the Service's endpoint slices: what kube-proxy sends traffic to, and not what the selector promises.
func trafficOf(ctx context.Context, call *k8sops.Call, at crossing) (traffic, error) {
	api := call.Client.Kubernetes
	list, err := api.DiscoveryV1().EndpointSlices(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + at.service})
	if err != nil {
		return traffic{}, k8sops.Explain("list endpoint slices of "+at.service, err)
	}
	pods, err := api.CoreV1().Pods(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selectorText(at.pods)})
	if err != nil {
		return traffic{}, k8sops.Explain("list pods", err)
	}
	t := traffic{ready: map[string]int{}}
	for _, slice := range list.Items {
		for _, e := range slice.Endpoints {
			if e.Conditions.Ready != nil && !*e.Conditions.Ready {
				continue
			}
			pod := -1
			if e.TargetRef != nil {
				pod = slices.IndexFunc(pods.Items, func(p corev1.Pod) bool { return p.Name == e.TargetRef.Name })
			}
			if pod < 0 {
				t.others++
				continue
			}
			t.ready[pods.Items[pod].Labels[versionLabel]]++
		}
	}
	return t, nil
}

// onlyTo tells whether every address that takes traffic is of a version, and that there is one.
func (t traffic) onlyTo(version string) bool {
	return len(t.ready) == 1 && t.ready[version] > 0 && t.others == 0
}

// awaitTraffic waits until a Service sends traffic to one version alone; ok is false where the time is up first.
func (b blueGreen) awaitTraffic(ctx context.Context, call *k8sops.Call, at crossing, version string, p k8sops.Progress) (t traffic, ok bool, err error) {
	for deadline := b.Now().Add(b.RolloutTimeout); ; {
		if t, err = trafficOf(ctx, call, at); err != nil {
			return t, false, err
		}
		if t.onlyTo(version) {
			return t, true, nil
		}
		if b.Now().After(deadline) {
			return t, false, nil
		}
		p.Report(0, 0, messages.New("k8sops.bluegreen.waiting", "service", messages.Code(at.service), "version", messages.Code(version)))
		if err := rollout.Sleep(ctx, b.Poll); err != nil {
			return t, false, k8sops.Explain("wait for the endpoints of "+at.service, err)
		}
	}
}

// mustTakeTraffic is awaitTraffic for a step that nothing may follow before.
func (b blueGreen) mustTakeTraffic(ctx context.Context, call *k8sops.Call, at crossing, version string, p k8sops.Progress) error {
	_, ok, err := b.awaitTraffic(ctx, call, at, version, p)
	if err == nil && !ok {
		return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.bluegreen.not_taken",
			"service", messages.Code(at.service), "version", messages.Code(version), "after", b.RolloutTimeout)}
	}
	return err
}

// selectorText is a selector as kubectl writes it.
func selectorText(selector map[string]string) string {
	return metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: selector})
}
