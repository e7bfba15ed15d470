package scaling

import (
	"context"
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// databaseAnswers is how long PostgreSQL is waited for.
const databaseAnswers = 10 * time.Second

// room is what more replicas have to fit into. What could not be looked at is missing, with the reason.
type room struct {
	nodes     []freeNode
	nodesKnow bool
	quotas    []corev1.ResourceQuota
	budgets   []policyv1.PodDisruptionBudget
	database  connectionRoom
	missing   []messages.Text
}

// bound is how many more replicas something has room for.
type bound struct {
	more int
	why  messages.Text
}

// lookAround reads what bounds more replicas, as far as the person may.
func (o advice) lookAround(ctx context.Context, call *k8sops.Call) *room {
	r := &room{}
	if err := r.readNodes(ctx, call); err != nil {
		r.missing = append(r.missing, messages.New("k8sops.advice.no_nodes", "reason", reasonOf(err)))
	}
	quotas, err := call.Client.Kubernetes.CoreV1().ResourceQuotas(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		r.missing = append(r.missing, messages.New("k8sops.advice.no_quotas", "reason", reasonOf(err)))
	} else {
		r.quotas = quotas.Items
	}
	budgets, err := call.Client.Kubernetes.PolicyV1().PodDisruptionBudgets(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		r.missing = append(r.missing, messages.New("k8sops.advice.no_budgets", "reason", reasonOf(err)))
	} else {
		r.budgets = budgets.Items
	}
	if o.Database.Workload != "" || o.Database.Selector != "" {
		ctx, cancel := context.WithTimeout(ctx, databaseAnswers)
		defer cancel()
		if err := r.database.read(ctx, o.Platform, call); err != nil {
			r.missing = append(r.missing, messages.New("k8sops.advice.no_connections", "reason", reasonOf(err)))
		}
	}
	return r
}

// reasonOf is why something could not be read, in the words for a person.
func reasonOf(err error) messages.Text {
	if e, ok := errors.AsType[*k8sops.Error](k8sops.Explain("look for room", err)); ok {
		return e.Message
	}
	return messages.Literal(messages.Clip(redact.Text(err.Error()), 200))
}

// bounds are all that bound a workload's pods, for which sample stands.
func (r *room) bounds(use *podUse, extra int) []bound {
	var bounds []bound
	if r.nodesKnow {
		bounds = append(bounds, r.onNodes(use.sample, extra))
	}
	for i := range r.quotas {
		bounds = append(bounds, inQuota(&r.quotas[i], use.sample)...)
	}
	if b, bounded := r.database.bound(use); bounded {
		bounds = append(bounds, b)
	}
	return bounds
}

// fit looks whether there is room for what is advised, and advises less, or nothing, where there is not. Every workload is looked at as if it were
// the only one to grow.
func (o advice) fit(ctx context.Context, call *k8sops.Call, verdicts []verdict) *room {
	grows := func(v verdict) bool { return v.to > v.w.Replicas() && v.use.sample != nil }
	if !slices.ContainsFunc(verdicts, grows) {
		return &room{}
	}
	r := o.lookAround(ctx, call)
	for i := range verdicts {
		if grows(verdicts[i]) {
			verdicts[i].fitInto(r)
		}
	}
	return r
}

func (v *verdict) fitInto(r *room) {
	now := v.w.Replicas()
	extra := v.to - now
	var tightest *bound
	bounds := r.bounds(v.use, extra)
	for i, b := range bounds {
		if b.more < extra && (tightest == nil || b.more < tightest.more) {
			tightest = &bounds[i]
		}
	}
	switch {
	case tightest == nil && len(bounds) > 0:
		for _, b := range bounds {
			v.notes = append(v.notes, b.why)
		}
	case tightest == nil:
	case tightest.more <= 0:
		v.notes = append(v.notes, messages.New("k8sops.advice.no_room", "to", v.to, "why", tightest.why))
		v.run, v.to = "", 0
	default:
		v.notes = append(v.notes, messages.New("k8sops.advice.less_room", "to", v.to, "fits", now+tightest.more, "why", tightest.why))
		v.to = now + tightest.more
		v.run = v.line(v.to)
	}
	if v.to > 0 {
		v.notes = append(v.notes, r.evictions(v.w, v.to)...)
	}
}

// evictions name the disruption budgets that would let no pod of the larger workload go: its nodes could not be drained.
func (r *room) evictions(w kube.Workload, to int) []messages.Text {
	var notes []messages.Text
	template := w.Template()
	for i := range r.budgets {
		b := &r.budgets[i]
		selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if err != nil || template == nil || selector.Empty() || !selector.Matches(labels.Set(template.Labels)) {
			continue
		}
		if allowed, known := evictable(b, to); known && allowed <= 0 {
			notes = append(notes, messages.New("k8sops.advice.no_eviction", "budget", messages.Code(b.Name), "to", to))
		}
	}
	return notes
}
