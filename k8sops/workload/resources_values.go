package workload

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// noLimit takes a limit away.
const noLimit = "none"

// asked is what shall be set of one resource, as Kubernetes writes it; "" leaves it as it is, noLimit takes it away.
type asked struct {
	Request string `json:"request,omitempty"`
	Limit   string `json:"limit,omitempty"`
}

// parseAsked reads "200m/500m", "200m/" (the request alone) and "/500m" (the limit alone). One value without a slash might mean either.
func parseAsked(name corev1.ResourceName, typed string) (asked, error) {
	if typed == "" {
		return asked{}, nil
	}
	request, limit, pair := strings.Cut(typed, "/")
	a := asked{strings.TrimSpace(request), strings.ToLower(strings.TrimSpace(limit))}
	if !pair || a == (asked{}) {
		return a, invalidResources(messages.New("k8sops.resources_set.which", "arg", messages.Code("--"+string(name)), "value", messages.Code(typed)))
	}
	if limit := strings.TrimSpace(limit); a.Limit != noLimit {
		a.Limit = limit // units have capital letters
	}
	for _, value := range []*string{&a.Request, &a.Limit} {
		if *value == "" || value == &a.Limit && *value == noLimit {
			continue
		}
		q, err := parseAmount(name, *value)
		if err != nil {
			return a, err
		}
		*value = q
	}
	return a, nil
}

// parseAmount refuses what no container can have. 128m of memory is an eighth of a byte, and 500Mi of CPU are half a billion cores.
func parseAmount(name corev1.ResourceName, typed string) (string, error) {
	q, err := resource.ParseQuantity(typed)
	least, most := resource.MustParse("1m"), resource.MustParse("1024")
	if name == corev1.ResourceMemory {
		least, most = resource.MustParse("4Mi"), resource.MustParse("64Ti")
	}
	if err != nil || q.Cmp(least) < 0 || q.Cmp(most) > 0 {
		return "", invalidResources(messages.New("k8sops.resources_set.impossible", "arg", messages.Code("--"+string(name)), "value", messages.Code(typed),
			"least", messages.Code(least.String()), "most", messages.Code(most.String())))
	}
	return q.String(), nil
}

func invalidResources(message messages.Text) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message}
}

// fits refuses bounds with which the container could not run as it runs now.
func (a asked) fits(container string, name corev1.ResourceName, after bounds, used int64) error {
	args := []any{"container", messages.Code(container), "resource", string(name), "limit", shown(name, after.limit)}
	switch {
	case after.limit > 0 && after.limit < after.request:
		return invalidResources(messages.New("k8sops.resources_set.below_request", append(args, "request", shown(name, after.request))...))
	case a.Limit != "" && after.limit > 0 && after.limit < used:
		return invalidResources(messages.New("k8sops.resources_set.below_use", append(args, "used", shown(name, used))...))
	}
	return nil
}

// largestNode is the most that one node can give of each resource, nothing where the person may not read nodes.
func largestNode(ctx context.Context, call *k8sops.Call) (map[corev1.ResourceName]int64, error) {
	nodes, err := call.Client.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, k8sops.Explain("list nodes", err)
	}
	largest := map[corev1.ResourceName]int64{}
	for i := range nodes.Items {
		for _, name := range tuned() {
			largest[name] = max(largest[name], inUnits(name, nodes.Items[i].Status.Allocatable))
		}
	}
	return largest, nil
}

// fitsNodes refuses a pod that no node could hold, and a limit above what any has.
func fitsNodes(ctx context.Context, call *k8sops.Call, w kube.Workload, container string) error {
	largest, err := largestNode(ctx, call)
	if err != nil {
		return err
	}
	for _, name := range tuned() {
		var pod, limit int64
		for _, c := range w.Template().Spec.Containers {
			b := boundsOf(c, name)
			pod += b.request
			if c.Name == container {
				limit = b.limit
			}
		}
		if most := largest[name]; most > 0 && max(pod, limit) > most {
			return invalidResources(messages.New("k8sops.resources_set.no_node", "resource", string(name), "request", shown(name, pod),
				"limit", shown(name, limit), "largest", shown(name, most)))
		}
	}
	return nil
}
