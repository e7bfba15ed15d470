package kube

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"opsbot/k8sops"
	"opsbot/messages"
)

// scaled completes a workload of a custom kind by its scale. Who may see the workload and not its scale is told what its status says, which
// most kinds keep as Kubernetes' own do; only to scale it takes the scale itself.
func (n *namespace) scaled(ctx context.Context, w Workload) (Workload, error) {
	complete, err := readScale(ctx, n.call, w)
	if k8sops.CodeOf(err) != k8sops.CodeForbidden {
		return complete, err
	}
	if slices.Contains(n.call.Operation.On, Scalable) {
		return w, &k8sops.Error{Code: k8sops.CodeForbidden, Cause: err,
			Message: messages.New("k8sops.resolve.no_scale", "workload", messages.Code(w.Name), "kind", w.Kind),
			Hint:    messages.New("k8sops.resolve.no_scale_hint", "key", messages.Code("access.kinds")),
			Suggest: []string{"status " + w.Line()}}
	}
	w.custom.scalable = false
	w.custom.counts = countsOf(w.Object)
	return w, nil
}

// countsOf reads the fields that Kubernetes' own kinds have.
func countsOf(o Object) Counts {
	object, ok := o.(*unstructured.Unstructured)
	if !ok {
		return Counts{}
	}
	count := func(fields ...string) int {
		n, _, _ := unstructured.NestedInt64(object.Object, fields...)
		return int(n)
	}
	current := count("status", "replicas")
	return Counts{Desired: count("spec", "replicas"), Current: current, Updated: current,
		Ready: count("status", "readyReplicas"), Available: count("status", "availableReplicas")}
}
