package netpolicy

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Direction is the way of a connection, as the pod sees it that a policy selects.
type Direction = networkingv1.PolicyType

// The two directions.
const (
	In  = networkingv1.PolicyTypeIngress
	Out = networkingv1.PolicyTypeEgress
)

// Selects reports whether a policy selects pods with these labels.
func Selects(p *networkingv1.NetworkPolicy, pod labels.Set) bool {
	return matches(&p.Spec.PodSelector, pod)
}

// Limits reports whether a policy limits the connections in a direction. One that names no type limits what comes in, and what goes out
// where it has a rule for that.
func Limits(p *networkingv1.NetworkPolicy, d Direction) bool {
	if len(p.Spec.PolicyTypes) > 0 {
		return slices.Contains(p.Spec.PolicyTypes, d)
	}
	return d == In || len(p.Spec.Egress) > 0
}

// Selecting are the policies that limit the connections of pods with these labels in a direction. Without any, everything is let through.
func Selecting(policies []networkingv1.NetworkPolicy, pod labels.Set, d Direction) []*networkingv1.NetworkPolicy {
	var found []*networkingv1.NetworkPolicy
	for i := range policies {
		if p := &policies[i]; Selects(p, pod) && Limits(p, d) {
			found = append(found, p)
		}
	}
	return found
}

// matches: a selector that cannot be read, which the API server does not store, matches nothing.
func matches(selector *metav1.LabelSelector, set labels.Set) bool {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && parsed.Matches(set)
}
