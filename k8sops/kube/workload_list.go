package kube

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
)

// List lists the workloads of Kubernetes' own kinds that no other one controls, sorted by name. It needs the access of
// ListWorkloads.
func List(ctx context.Context, call *k8sops.Call, selector labels.Selector) ([]Workload, error) {
	return listKinds(ctx, call, selector, Deployment, StatefulSet, DaemonSet, Job, CronJob)
}

func listKinds(ctx context.Context, call *k8sops.Call, selector labels.Selector, kinds ...string) ([]Workload, error) {
	found := make([][]Workload, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range kinds {
		group.Go(func() (err error) {
			found[i], err = listKind(ctx, call, kind, metav1.ListOptions{LabelSelector: selector.String()})
			return k8sops.Explain("list workloads of kind "+kind+" in "+call.Namespace, err)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	all = slices.DeleteFunc(all, func(w Workload) bool { return metav1.GetControllerOfNoCopy(w) != nil })
	nameLines(all)
	return all, nil
}

// nameLines sorts workloads and gives each the shortest name that tells it from the others.
func nameLines(all []Workload) {
	count := map[string]int{}
	for _, w := range all {
		count[w.Name]++
	}
	for i := range all {
		all[i].line = all[i].Name
		if count[all[i].Name] > 1 {
			all[i].line = all[i].Ref()
		}
	}
	sortWorkloads(all)
}

func sortWorkloads(all []Workload) {
	slices.SortStableFunc(all, func(a, b Workload) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Kind, b.Kind))
	})
}

func listKind(ctx context.Context, call *k8sops.Call, kind string, options metav1.ListOptions) ([]Workload, error) {
	apps, batch := call.Client.Kubernetes.AppsV1(), call.Client.Kubernetes.BatchV1()
	switch kind {
	case Deployment:
		list, err := apps.Deployments(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return wrap(list.Items), nil
	case StatefulSet:
		list, err := apps.StatefulSets(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return wrap(list.Items), nil
	case DaemonSet:
		list, err := apps.DaemonSets(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return wrap(list.Items), nil
	case Job:
		list, err := batch.Jobs(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return wrap(list.Items), nil
	case CronJob:
		list, err := batch.CronJobs(call.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return wrap(list.Items), nil
	}
	return nil, nil
}

// wrap takes the items of a typed list, of which the pointers are the objects.
func wrap[T any, P interface {
	*T
	Object
}](items []T) []Workload {
	all := make([]Workload, len(items))
	for i := range items {
		all[i] = WorkloadOf(P(&items[i]))
	}
	return all
}
