package kube

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/messages"
)

// related is a thing that has the name which was taken for a workload's, and the workloads that it leads to.
type related struct {
	kind      string
	workloads []Workload
}

// elsewhere looks for a name that no workload has: people paste the names of pods, of replica sets, of a cron job's Jobs and of Services.
// It asks only where a call is refused anyway, and what the person may not see is left out.
func (n *namespace) elsewhere(ctx context.Context, typed string) (related, bool) {
	kind, name := cutKind(typed)
	for _, find := range []struct {
		kinds []string
		look  func(context.Context, string) (related, bool)
	}{
		{[]string{"", "pod", "pods", "po"}, n.asPod},
		{[]string{"", "replicaset", "replicasets", "rs"}, n.asReplicaSet},
		{[]string{"", "job", "jobs"}, n.asJob},
		{[]string{"", "service", "services", "svc"}, n.asService},
	} {
		if !slices.Contains(find.kinds, kind) {
			continue
		}
		if found, ok := find.look(ctx, name); ok {
			return found, true
		}
	}
	return related{}, false
}

func (n *namespace) asPod(ctx context.Context, name string) (related, bool) {
	list, err := n.call.Client.Kubernetes.CoreV1().Pods(n.call.Namespace).List(ctx, named(name))
	if err != nil {
		return related{}, false
	}
	at := slices.IndexFunc(list.Items, func(p corev1.Pod) bool { return p.Name == name })
	if at < 0 {
		return related{}, false
	}
	owner := metav1.GetControllerOfNoCopy(&list.Items[at])
	if owner == nil {
		return related{kind: "Pod"}, true
	}
	return related{"Pod", n.ownedBy(ctx, *owner)}, true
}

// ownedBy follows controllers up to a workload.
func (n *namespace) ownedBy(ctx context.Context, owner metav1.OwnerReference) []Workload {
	if at := slices.IndexFunc(n.workloads, func(w Workload) bool { return w.GetUID() == owner.UID }); at >= 0 {
		return n.workloads[at : at+1]
	}
	for _, look := range []func(context.Context, string) (related, bool){n.asReplicaSet, n.asJob} {
		if found, ok := look(ctx, owner.Name); ok {
			return found.workloads
		}
	}
	return nil
}

func (n *namespace) asReplicaSet(ctx context.Context, name string) (related, bool) {
	list, err := n.call.Client.Kubernetes.AppsV1().ReplicaSets(n.call.Namespace).List(ctx, named(name))
	if err != nil {
		return related{}, false
	}
	for i := range list.Items {
		if list.Items[i].Name == name {
			return related{"ReplicaSet", n.controllerOf(&list.Items[i])}, true
		}
	}
	return related{}, false
}

// asJob finds a Job that is a cron job's; all others are workloads themselves.
func (n *namespace) asJob(ctx context.Context, name string) (related, bool) {
	jobs, err := listKind(ctx, n.call, Job, named(name))
	at := slices.IndexFunc(jobs, func(w Workload) bool { return w.Name == name })
	if err != nil || at < 0 {
		return related{}, false
	}
	return related{Job, n.controllerOf(jobs[at])}, true
}

func (n *namespace) controllerOf(o metav1.Object) []Workload {
	owner := metav1.GetControllerOfNoCopy(o)
	if owner == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.workloads), func(w Workload) bool { return w.GetUID() != owner.UID })
}

// asService finds a Service, and the workloads whose pods it selects.
func (n *namespace) asService(ctx context.Context, name string) (related, bool) {
	list, err := n.call.Client.Kubernetes.CoreV1().Services(n.call.Namespace).List(ctx, named(name))
	if err != nil {
		return related{}, false
	}
	at := slices.IndexFunc(list.Items, func(s corev1.Service) bool { return s.Name == name })
	if at < 0 {
		return related{}, false
	}
	found := related{kind: Service}
	selector := labels.SelectorFromSet(list.Items[at].Spec.Selector)
	for _, w := range n.workloads {
		if template := w.Template(); !selector.Empty() && template != nil && selector.Matches(labels.Set(template.Labels)) {
			found.workloads = append(found.workloads, w)
		}
	}
	return found, true
}

// named selects one object in a list: who may list may not always get.
func named(name string) metav1.ListOptions {
	return metav1.ListOptions{FieldSelector: "metadata.name=" + name}
}

// ofAnotherKind is the answer to a name that is there, but is no workload's.
func (n *namespace) ofAnotherKind(arg, typed string, found related) error {
	_, name := cutKind(typed)
	args := []any{"name", messages.Code(name), "kind", found.kind}
	if len(found.workloads) == 0 {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.resolve.no_workload", args...), Hint: choices(n.usable())}
	}
	var lines, usable []string
	for _, w := range found.workloads {
		lines = append(lines, w.Line())
		if w.worksWith(n.call.Operation) {
			usable = append(usable, w.Line())
		}
	}
	e := &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.belongs", append(args, "workloads", strings.Join(lines, ", "))...),
		Suggest: WithArg(n.call, arg, inPlaceOf(typed, n.call.Args[arg], usable))}
	if len(usable) == 0 {
		return wrongKind(n.call.Operation, found.workloads[0])
	}
	return e
}

// withoutKind is the answer to KIND/NAME where NAME is there and of another kind; nil where it is not there.
func (n *namespace) withoutKind(arg, typed string) error {
	kind, name := cutKind(typed)
	if kind == "" {
		return nil
	}
	at := slices.IndexFunc(n.workloads, func(w Workload) bool { return w.Name == name })
	if at < 0 {
		return nil
	}
	w := n.workloads[at]
	e := &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.other_kind", "name", messages.Code(name), "kind", w.Kind, "typed", messages.Code(typed)),
		Suggest: []string{"status " + w.Line()}}
	if w.worksWith(n.call.Operation) {
		e.Suggest = WithArg(n.call, arg, inPlaceOf(typed, n.call.Args[arg], []string{w.Line()}))
	}
	return e
}

// usable are the workloads that the operation works on.
func (n *namespace) usable() []Workload {
	return slices.DeleteFunc(slices.Clone(n.workloads), func(w Workload) bool { return !w.worksWith(n.call.Operation) })
}
