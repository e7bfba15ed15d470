package scaling

import (
	"cmp"
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
)

// advice is /scale advice (handbook: 何时扩容): the handbook's rules, each with the number behind it, what to do, and whether there is room for it.
type advice struct {
	kube.Platform
	source metrics.Source
}

type adviceArgs struct{ Service k8sops.Workload }

// Advice says when to scale. What metrics-server does not measure comes from the source.
func Advice(p kube.Platform, source metrics.Source) k8sops.Operation {
	return advice{p, source}.spec().Operation()
}

func (o advice) spec() k8sops.ReadSpec[adviceArgs] {
	return k8sops.ReadSpec[adviceArgs]{
		Meta: k8sops.Meta{
			Name:     "scale advice",
			Summary:  messages.New("k8sops.advice.summary"),
			Examples: []string{"scale advice", "scale advice user"},
			Access: slices.Concat(kube.ExecAccess(true), kube.ListWorkloads(), []k8sops.Access{
				{Verb: "list", Resource: "pods"},
				{Verb: "list", Group: "metrics.k8s.io", Resource: "pods"},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
				{Verb: "list", Resource: "resourcequotas", Optional: true},
				{Verb: "list", Group: "policy", Resource: "poddisruptionbudgets", Optional: true},
				{Verb: "list", Resource: "nodes", ClusterWide: true, Optional: true},
				{Verb: "list", Resource: "pods", ClusterWide: true, Optional: true},
			}),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     autoscaled(),
		},
		Args: func(a *adviceArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true}}
		},
		Answer: o.answer,
	}
}

func (o advice) answer(ctx context.Context, call *k8sops.Call, args adviceArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	workloads, err := o.advised(ctx, call, args)
	if err != nil {
		return nil, err
	}
	m, err := o.measure(ctx, call, workloads)
	if err != nil {
		return nil, err
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	verdicts := make([]verdict, len(workloads))
	for i, w := range workloads {
		rulings := o.judge(w, m)
		verdicts[i] = o.conclude(call, w, m.use[w.Key()], autoscalers[w.Key()], rulings)
	}
	room := o.fit(ctx, call, verdicts)
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return cmp.Compare(b.urgency(), a.urgency()) })
	if args.Service != "" {
		return o.one(verdicts[0], room), nil
	}
	return &k8sops.Result{Card: o.card(call, verdicts, room)}, nil
}

// advised are the workloads that the call is about: the one that it names, or all that a count can be set of.
func (o advice) advised(ctx context.Context, call *k8sops.Call, args adviceArgs) ([]kube.Workload, error) {
	if args.Service != "" {
		w, err := o.Workload(ctx, call, "service")
		return []kube.Workload{w}, err
	}
	all, err := kube.List(ctx, call, labels.Everything())
	return slices.DeleteFunc(all, func(w kube.Workload) bool { return w.Kind != kube.Deployment && w.Kind != kube.StatefulSet }), err
}
