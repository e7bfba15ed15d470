package podfiles

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// Places are the workloads that a setting names, each NAME or KIND/NAME. Arg is the argument that chooses one of them, of the kind text:
// a workload that is there and not configured is no answer.
type Places struct {
	kube.Platform
	Setting   string // "logs.clean"
	Arg       string
	Workloads []string
}

// Place is one of the configured workloads as it is in the cluster.
type Place struct {
	At int // its index in Workloads
	kube.Workload
}

// Find gives the places of the workload that the call names, or all. What is configured and not there is said.
func (p Places) Find(ctx context.Context, call *k8sops.Call) ([]Place, error) {
	there, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	var all []Place
	missing := ""
	for i, configured := range p.Workloads {
		at := slices.IndexFunc(there, func(w kube.Workload) bool {
			return w.IsNamed(configured) && slices.Contains(kube.RollingKinds(), w.Kind)
		})
		if at < 0 {
			missing = configured
			continue
		}
		all = append(all, Place{i, there[at]})
	}
	if typed := call.Args[p.Arg]; typed != "" && typed != k8sops.All {
		return p.named(ctx, call, all)
	}
	if missing != "" {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.podfiles.no_workload", "workload", messages.Code(missing),
			"setting", messages.Code(p.Setting), "namespace", messages.Code(call.Namespace)), Suggest: p.lines(call, all)}
	}
	return all, nil
}

func (p Places) named(ctx context.Context, call *k8sops.Call, all []Place) ([]Place, error) {
	w, err := p.Workload(ctx, call, p.Arg)
	if e, ok := errors.AsType[*k8sops.Error](err); ok {
		said := *e
		said.Suggest = p.lines(call, all)
		return nil, &said
	}
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(all), func(one Place) bool { return one.Key() != w.Key() })
	if len(found) == 0 {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Suggest: p.lines(call, all), Message: messages.New("k8sops.podfiles.not_configured",
			"workload", messages.Code(w.Name), "setting", messages.Code(p.Setting), "configured", strings.Join(p.Workloads, ", "))}
	}
	return found, nil
}

// shownLines is how many calls are proposed.
const shownLines = 3

// lines are the call about those that it can be about, the likeliest first.
func (p Places) lines(call *k8sops.Call, all []Place) (lines []string) {
	var names []string
	for _, one := range all {
		names = append(names, one.Line())
	}
	for _, name := range slices.Concat(nearest.Names(call.Args[p.Arg], names), names) {
		args := maps.Clone(call.Args)
		args[p.Arg] = name
		if line := k8sops.Canonical(call.Operation, args); !slices.Contains(lines, line) && len(lines) < shownLines {
			lines = append(lines, line)
		}
	}
	return lines
}

// Offer lists the configured workloads for a form.
func (p Places) Offer(context.Context, *k8sops.Call) ([]k8sops.Choice, error) {
	return k8sops.Choices(slices.Compact(slices.Sorted(slices.Values(p.Workloads)))...), nil
}
