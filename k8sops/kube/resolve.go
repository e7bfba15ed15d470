package kube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Resolve replaces every workload argument of the call by the workload's full name, so that the approval's digest and
// the buttons name exactly what is meant. "all" stays. It needs the access of ListWorkloads, and only where there is something
// to resolve.
func Resolve(ctx context.Context, call *k8sops.Call) (k8sops.Args, error) {
	args := maps.Clone(call.Args)
	for _, a := range call.Operation.Args {
		if a.Kind != k8sops.KindWorkload || args[a.Name] == "" || args[a.Name] == k8sops.All {
			continue
		}
		namespace, err := readNamespace(ctx, call)
		if err != nil {
			return nil, err
		}
		found, err := namespace.findAll(ctx, a.Name)
		if err != nil {
			return nil, err
		}
		names := make([]string, len(found))
		for i, w := range found {
			names[i] = w.Line()
		}
		args[a.Name] = strings.Join(names, ",")
	}
	return args, nil
}

// Workloads are those that the argument names, each once, sorted by name; every workload that the operation works on where it was
// not given.
func (d Platform) Workloads(ctx context.Context, call *k8sops.Call, arg string) ([]Workload, error) {
	name := call.Args[arg]
	if name != "" && name != k8sops.All {
		namespace, err := readNamespace(ctx, call)
		if err != nil {
			return nil, err
		}
		return namespace.findAll(ctx, arg)
	}
	selector := labels.Everything()
	if name == k8sops.All {
		var err error
		if selector, err = parseSelector(d.BackendSelector); err != nil {
			return nil, err
		}
	}
	workloads, err := List(ctx, call, selector)
	if err != nil {
		return nil, err
	}
	workloads = slices.DeleteFunc(workloads, func(w Workload) bool { return !w.worksWith(call.Operation) })
	if name == k8sops.All && len(workloads) == 0 {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.none",
			"selector", messages.Code(d.BackendSelector), "namespace", messages.Code(call.Namespace))}
	}
	return workloads, nil
}

// Backends are the workloads that "all" means, of the kinds that can be restarted; none is no error.
func (d Platform) Backends(ctx context.Context, call *k8sops.Call) ([]Workload, error) {
	selector, err := parseSelector(d.BackendSelector)
	if err != nil {
		return nil, err
	}
	return listKinds(ctx, call, selector, RollingKinds()...)
}

// Workload is the one workload that the argument names.
func (d Platform) Workload(ctx context.Context, call *k8sops.Call, arg string) (Workload, error) {
	found, err := d.Workloads(ctx, call, arg)
	if err != nil {
		return Workload{}, err
	}
	return found[0], nil
}

// worksWith reports whether the operation works on workloads of this kind.
func (w Workload) worksWith(op *k8sops.Operation) bool {
	return len(op.On) == 0 || slices.Contains(op.On, w.Kind) || w.custom.scalable && slices.Contains(op.On, Scalable)
}

// namespace is what a call's workload arguments are looked up in.
type namespace struct {
	call      *k8sops.Call
	workloads []Workload
}

func readNamespace(ctx context.Context, call *k8sops.Call) (*namespace, error) {
	workloads, err := List(ctx, call, labels.Everything())
	return &namespace{call, workloads}, err
}

// findAll are the workloads that the argument's names mean, each once, sorted by name.
func (n *namespace) findAll(ctx context.Context, arg string) ([]Workload, error) {
	var found []Workload
	for typed := range strings.SplitSeq(n.call.Args[arg], ",") {
		w, err := n.find(ctx, arg, typed)
		if err != nil {
			return nil, err
		}
		found = append(found, w)
	}
	sortWorkloads(found)
	return slices.CompactFunc(found, func(a, b Workload) bool { return a.Key() == b.Key() }), nil
}

// find is the workload that typed means, the argument's value or one of its names. What Kubernetes' own kinds do not have, is
// looked for among the others.
func (n *namespace) find(ctx context.Context, arg, typed string) (Workload, error) {
	matches := Match(typed, n.workloads)
	if len(matches) == 0 {
		others, err := listOthers(ctx, n.call)
		if err != nil {
			return Workload{}, err
		}
		n.workloads = append(n.workloads, others...)
		matches = Match(typed, others)
	}
	usable := slices.DeleteFunc(slices.Clone(matches), func(w Workload) bool { return !w.worksWith(n.call.Operation) })
	switch {
	case len(usable) == 1 && usable[0].custom.scalable:
		return n.scaled(ctx, usable[0])
	case len(usable) == 1:
		return usable[0], nil
	case len(usable) > 1:
		return Workload{}, n.ambiguous(arg, typed, usable)
	case len(matches) > 0:
		return Workload{}, wrongKind(n.call.Operation, matches[0])
	}
	if err := n.withoutKind(arg, typed); err != nil {
		return Workload{}, err
	}
	if found, ok := n.elsewhere(ctx, typed); ok {
		return Workload{}, n.ofAnotherKind(arg, typed, found)
	}
	return Workload{}, n.unknown(arg, typed)
}

func (n *namespace) ambiguous(arg, typed string, matches []Workload) error {
	var names []string
	for _, w := range matches {
		names = append(names, w.Line())
	}
	return &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.resolve.ambiguous", "name", messages.Code(typed), "matches", strings.Join(names, ", ")),
		Suggest: WithArg(n.call, arg, inPlaceOf(typed, n.call.Args[arg], names[:min(nearest.Max, len(names))])),
	}
}

func (n *namespace) unknown(arg, typed string) error {
	usable := n.usable()
	return &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.resolve.unknown", "name", messages.Code(typed), "namespace", messages.Code(n.call.Namespace)),
		Hint:    choices(usable),
		Suggest: WithArg(n.call, arg, inPlaceOf(typed, n.call.Args[arg], nearestWorkloads(typed, usable))),
	}
}

// wrongKind says what the thing is and why the operation does not work on it.
func wrongKind(op *k8sops.Operation, w Workload) error {
	var on []string
	for _, kind := range op.On {
		if kind != Scalable {
			on = append(on, kind)
		}
	}
	e := &k8sops.Error{
		Code: k8sops.CodeInvalid,
		Message: messages.New("k8sops.resolve.wrong_kind", "workload", messages.Code(w.Name), "kind", w.Kind,
			"operation", messages.Code("/"+op.Name), "kinds", strings.Join(on, ", ")),
		Suggest: []string{"status " + w.Line()},
	}
	switch w.Kind {
	case DaemonSet:
		e.Hint = messages.New("k8sops.resolve.about_daemon_set")
	case Job:
		e.Hint = messages.New("k8sops.resolve.about_job")
	case CronJob:
		e.Hint = messages.New("k8sops.resolve.about_cron_job")
	}
	return e
}

func parseSelector(s string) (labels.Selector, error) {
	selector, err := labels.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("backend selector %q: %w", s, err)
	}
	return selector, nil
}
