package kube

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/messages"
)

// noDatabase says why there is no pod to work in: none is ready, or nothing is what the configuration names. there is the call in the
// database's namespace.
func (d Platform) noDatabase(ctx context.Context, call, there *k8sops.Call) error {
	e := &k8sops.Error{Code: k8sops.CodeUnavailable,
		Message: messages.New("k8sops.database.no_pod", "database", messages.Code(there.Namespace+"/"+d.Database.where()))}
	if there.Namespace != call.Namespace { // no command looks there
		return e
	}
	workloads, err := List(ctx, there, labels.Everything())
	if err != nil {
		return e
	}
	if at := slices.IndexFunc(workloads, d.Database.Is); at >= 0 {
		e.Suggest = []string{"status " + workloads[at].Line()}
		return e
	}
	_, name := cutKind(d.Database.Workload)
	if at := slices.IndexFunc(workloads, func(w Workload) bool { return w.Name == name }); at >= 0 && d.Database.Selector == "" {
		w := workloads[at]
		e.Message = messages.New("k8sops.database.other_kind", "database", messages.Code(d.Database.Workload), "workload", messages.Code(w.Ref()))
		e.Hint = messages.New("k8sops.database.other_kind_hint")
		e.Suggest = []string{"status " + w.Line()}
		return e
	}
	e.Suggest = []string{"status"}
	return e
}
