package security

import (
	"context"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// show is /security (handbook: 安全检查): network policies, RBAC, Pod Security and images. New findings come first: a list of two hundred old ones
// is read once.
type show struct{ Deps }

type showArgs struct{ Service k8sops.Workload }

func (o show) spec() k8sops.ReadSpec[showArgs] {
	return k8sops.ReadSpec[showArgs]{
		Meta: k8sops.Meta{
			Name:     "security",
			Aliases:  []string{"security check"},
			Summary:  messages.New("k8sops.security.summary"),
			Examples: []string{"security", "security user"},
			Access:   access(),
			Owners:   owners(),
		},
		Args: func(a *showArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true}}
		},
		Answer: o.answer,
	}
}

func access() []k8sops.Access {
	rbac := "rbac.authorization.k8s.io"
	return append(kube.ListWorkloads(),
		k8sops.Access{Verb: "list", Group: "networking.k8s.io", Resource: "networkpolicies"},
		k8sops.Access{Verb: "list", Group: rbac, Resource: "roles"},
		k8sops.Access{Verb: "list", Group: rbac, Resource: "rolebindings"},
		k8sops.Access{Verb: "list", Group: rbac, Resource: "clusterroles", ClusterWide: true, Optional: true},
		k8sops.Access{Verb: "list", Group: rbac, Resource: "clusterrolebindings", ClusterWide: true, Optional: true},
	)
}

func (o show) answer(ctx context.Context, call *k8sops.Call, args showArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	workloads, err := o.workloads(ctx, call, args)
	if err != nil {
		return nil, err
	}
	whole := args.Service == ""
	l := &look{blind: map[string]bool{}}
	if err := l.unprotected(ctx, call, workloads); err != nil {
		return nil, err
	}
	if err := l.standards(workloads); err != nil {
		return nil, err
	}
	l.movingImages(workloads)
	if whole {
		if err := l.rbac(ctx, call); err != nil {
			return nil, err
		}
	}
	record, err := o.remember(ctx, call, l, whole)
	if err != nil {
		return nil, err
	}
	result := &k8sops.Result{Card: card(call, l, record, whole)}
	if o.ScanJob != "" {
		result.Suggest = []string{"run " + o.ScanJob}
	}
	return result, nil
}

func (o show) workloads(ctx context.Context, call *k8sops.Call, args showArgs) ([]kube.Workload, error) {
	if args.Service == "" {
		return kube.List(ctx, call, labels.Everything())
	}
	w, err := o.Workload(ctx, call, "service")
	return []kube.Workload{w}, err
}

// remember keeps what was found, and says since when. A look at one service, or one that could not see everything, leaves the rest as it was.
func (o show) remember(ctx context.Context, call *k8sops.Call, l *look, whole bool) (Record, error) {
	var before Record
	if o.Memory == nil {
		return before, nil
	}
	err := o.Memory.UpdateSecurityRecord(ctx, call.Cluster, call.Namespace, func(r *Record) error {
		before = Record{Since: maps.Clone(r.Since), Exceptions: maps.Clone(r.Exceptions), Looked: r.Looked}
		r.seen(l, call.Now, whole)
		return nil
	})
	return before, k8sops.Explain("keep what was found", err)
}

// seen notes the findings of a look.
func (r *Record) seen(l *look, now time.Time, whole bool) {
	since := map[string]time.Time{}
	for id, at := range r.Since {
		if !whole || l.blind[kindOf(id)] {
			since[id] = at
		}
	}
	for _, f := range l.findings {
		at, known := r.Since[f.id]
		if !known {
			at = now.UTC()
		}
		since[f.id] = at
	}
	r.Since = since
	if whole {
		r.Looked = now.UTC()
	}
	maps.DeleteFunc(r.Exceptions, func(_ string, e Exception) bool { return now.Sub(e.Until) > forgetAfter })
}

// forgetAfter is how long an exception that has ended is remembered, so that its finding says whose it was.
const forgetAfter = 30 * 24 * time.Hour

// sorted has the worst first.
func sorted(findings []finding) []finding {
	order := []messages.Tone{messages.ToneBad, messages.ToneWarning, messages.ToneInfo}
	slices.SortStableFunc(findings, func(a, b finding) int { return slices.Index(order, a.tone) - slices.Index(order, b.tone) })
	return findings
}
