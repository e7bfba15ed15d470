package scaling

import (
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// evictable is how many of so many pods a disruption budget lets go at once. Percentages are rounded as Kubernetes does: up.
func evictable(b *policyv1.PodDisruptionBudget, pods int) (count int, known bool) {
	switch {
	case b.Spec.MaxUnavailable != nil:
		n, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MaxUnavailable, pods, true)
		return n, err == nil
	case b.Spec.MinAvailable != nil:
		n, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MinAvailable, pods, true)
		return pods - n, err == nil
	}
	return pods - 1, true // Kubernetes' default: one has to stay
}
