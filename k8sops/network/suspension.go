package network

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// suspension are policies that are suspended, and the schedule that puts them back: it has them in its store, under its number.
type suspension struct {
	schedule runs.Schedule
	policies []networkingv1.NetworkPolicy
}

// resumeName is the operation that a suspension's schedule calls.
const resumeName = "netpol resume"

// saved is all of a policy that is to be made again: everything but what the API server itself keeps of an object.
func saved(p *networkingv1.NetworkPolicy) networkingv1.NetworkPolicy {
	return networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{
			Name: p.Name, Labels: p.Labels, Annotations: p.Annotations, OwnerReferences: p.OwnerReferences, Finalizers: p.Finalizers,
		},
		Spec: p.Spec,
	}
}

// same reports whether a policy is as the saved one.
func same(a, b *networkingv1.NetworkPolicy) bool {
	return apiequality.Semantic.DeepEqual(saved(a), saved(b))
}

// readSuspension is what a schedule has saved.
func readSuspension(s runs.Schedule) (suspension, error) {
	found := suspension{schedule: s}
	if err := json.Unmarshal(s.Saved, &found.policies); err != nil {
		return found, fmt.Errorf("policies of suspension %d: %w", s.Number, err)
	}
	return found, nil
}

// suspensions are those of the call's cluster and namespace that are not over, the newest first.
func suspensions(ctx context.Context, p kube.Platform, call *k8sops.Call) ([]suspension, error) {
	list, err := p.Schedules.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	var found []suspension
	for _, s := range list {
		if !isSuspension(s, call) {
			continue
		}
		one, err := readSuspension(s)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	slices.SortFunc(found, func(a, b suspension) int { return int(b.schedule.Number - a.schedule.Number) })
	return found, nil
}

// numbered is the suspension of that number, also one that is over.
func numbered(ctx context.Context, p kube.Platform, call *k8sops.Call, number int) (suspension, error) {
	s, err := p.Schedules.Schedule(ctx, int64(number))
	if errors.Is(err, runs.ErrNotFound) || err == nil && !isSuspension(s, call) {
		return suspension{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.netpol_resume.unknown", "number", number), Suggest: []string{"netpol"}}
	}
	if err != nil {
		return suspension{}, err
	}
	return readSuspension(s)
}

func isSuspension(s runs.Schedule, call *k8sops.Call) bool {
	return s.Operation == resumeName && s.Insists() && s.Cluster == call.Cluster && s.Namespace == call.Namespace
}

// names are those of policies.
func names(policies []networkingv1.NetworkPolicy) []string {
	found := make([]string, len(policies))
	for i := range policies {
		found[i] = policies[i].Name
	}
	return found
}

// line is a suspension in one line.
func (s suspension) line() messages.Text {
	return messages.New("k8sops.netpol.suspended", "number", s.schedule.Number, "policies", nameList(names(s.policies)), "user", messages.User(s.schedule.User),
		"due", messages.Date(s.schedule.Due))
}
