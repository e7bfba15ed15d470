package kube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Resolve replaces every workload argument of the call by the deployment's full name, so that the approval's digest and
// the buttons name exactly what is meant. "all" stays. It needs list on deployments, and only where there is something
// to resolve.
func Resolve(ctx context.Context, call *k8sops.Call) (k8sops.Args, error) {
	args := maps.Clone(call.Args)
	for _, a := range call.Operation.Args {
		if a.Kind != k8sops.KindWorkload || args[a.Name] == "" || args[a.Name] == k8sops.All {
			continue
		}
		deployments, err := ListDeployments(ctx, call, labels.Everything())
		if err != nil {
			return nil, err
		}
		found, err := findAll(call, a.Name, deployments)
		if err != nil {
			return nil, err
		}
		names := make([]string, len(found))
		for i, d := range found {
			names[i] = d.Name
		}
		args[a.Name] = strings.Join(names, ",")
	}
	return args, nil
}

// Workloads are the deployments that the argument names, each once, sorted by name; every deployment where it was not given.
func (d Platform) Workloads(ctx context.Context, call *k8sops.Call, arg string) ([]appsv1.Deployment, error) {
	name := call.Args[arg]
	selector := labels.Everything()
	if name == k8sops.All {
		var err error
		if selector, err = parseSelector(d.BackendSelector); err != nil {
			return nil, err
		}
	}
	deployments, err := ListDeployments(ctx, call, selector)
	if err != nil {
		return nil, err
	}
	switch {
	case name == "" || name == k8sops.All && len(deployments) > 0:
		return deployments, nil
	case name == k8sops.All:
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.none",
			"selector", messages.Code(d.BackendSelector), "namespace", messages.Code(call.Namespace))}
	}
	return findAll(call, arg, deployments)
}

// Workload is the one deployment that the argument names.
func (d Platform) Workload(ctx context.Context, call *k8sops.Call, arg string) (*appsv1.Deployment, error) {
	found, err := d.Workloads(ctx, call, arg)
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

// ListDeployments lists deployments, sorted by name. It needs list on deployments.
func ListDeployments(ctx context.Context, call *k8sops.Call, selector labels.Selector) ([]appsv1.Deployment, error) {
	list, err := call.Client.Kubernetes.AppsV1().Deployments(call.Namespace).List(ctx,
		metav1.ListOptions{LabelSelector: selector.String()})
	if err != nil {
		return nil, k8sops.Explain("list deployments in "+call.Namespace, err)
	}
	slices.SortFunc(list.Items, func(a, b appsv1.Deployment) int { return strings.Compare(a.Name, b.Name) })
	return list.Items, nil
}

// findAll are the deployments that the argument's names mean, each once, sorted by name.
func findAll(call *k8sops.Call, arg string, deployments []appsv1.Deployment) ([]appsv1.Deployment, error) {
	var found []appsv1.Deployment
	for typed := range strings.SplitSeq(call.Args[arg], ",") {
		d, err := findNamed(call, arg, typed, deployments)
		if err != nil {
			return nil, err
		}
		found = append(found, *d)
	}
	slices.SortFunc(found, func(a, b appsv1.Deployment) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(found, func(a, b appsv1.Deployment) bool { return a.Name == b.Name }), nil
}

// Find is the deployment that an argument means which takes one name.
func Find(call *k8sops.Call, arg string, deployments []appsv1.Deployment) (*appsv1.Deployment, error) {
	return findNamed(call, arg, call.Args[arg], deployments)
}

// findNamed is the deployment that typed means, the argument's value or one of its names.
func findNamed(call *k8sops.Call, arg, typed string, deployments []appsv1.Deployment) (*appsv1.Deployment, error) {
	matches := MatchNames(typed, deployments)
	if len(matches) == 1 {
		at := slices.IndexFunc(deployments, func(d appsv1.Deployment) bool { return d.Name == matches[0] })
		return &deployments[at], nil
	}
	if len(matches) > 1 {
		return nil, &k8sops.Error{
			Code: k8sops.CodeNotFound,
			Message: messages.New("k8sops.resolve.ambiguous", "name", messages.Code(typed),
				"matches", strings.Join(matches, ", ")),
			Suggest: WithArg(call, arg, inPlaceOf(typed, call.Args[arg], matches[:min(k8sops.MaxSuggestions, len(matches))])),
		}
	}
	return nil, &k8sops.Error{
		Code: k8sops.CodeNotFound,
		Message: messages.New("k8sops.resolve.unknown", "name", messages.Code(typed),
			"namespace", messages.Code(call.Namespace)),
		Hint:    Known(deployments),
		Suggest: WithArg(call, arg, inPlaceOf(typed, call.Args[arg], nearestWorkloads(typed, deployments))),
	}
}

func parseSelector(s string) (labels.Selector, error) {
	selector, err := labels.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("backend selector %q: %w", s, err)
	}
	return selector, nil
}
