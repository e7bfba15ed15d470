package scaling

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"

	"opsbot/messages"
)

func one() *resource.Quantity { return resource.NewQuantity(1, resource.DecimalSI) }

// inQuota is how many more pods like sample a quota admits, for each resource that it bounds. A quota whose scope cannot be told applies.
func inQuota(q *corev1.ResourceQuota, sample *corev1.Pod) []bound {
	requests := resourcehelper.PodRequests(sample, resourcehelper.PodResourcesOptions{})
	limits := resourcehelper.PodLimits(sample, resourcehelper.PodResourcesOptions{})
	if !concerns(q, requests, limits) {
		return nil
	}
	needs := map[corev1.ResourceName]resource.Quantity{
		corev1.ResourcePods: *one(), "count/pods": *one(),
		corev1.ResourceCPU: *requests.Cpu(), corev1.ResourceRequestsCPU: *requests.Cpu(), corev1.ResourceLimitsCPU: *limits.Cpu(),
		corev1.ResourceMemory: *requests.Memory(), corev1.ResourceRequestsMemory: *requests.Memory(), corev1.ResourceLimitsMemory: *limits.Memory(),
	}
	var names []corev1.ResourceName
	for name := range q.Status.Hard {
		names = append(names, name)
	}
	slices.Sort(names)
	var bounds []bound
	for _, name := range names {
		need, bounded := needs[name]
		if !bounded || need.IsZero() {
			continue
		}
		hard, left := q.Status.Hard[name], q.Status.Hard[name]
		used := q.Status.Used[name]
		left.Sub(used)
		more := int(max(0, left.MilliValue()) / need.MilliValue())
		bounds = append(bounds, bound{more, messages.New("k8sops.advice.quota", "quota", messages.Code(q.Name), "resource", string(name),
			"used", used.String(), "hard", hard.String(), "need", need.String(), "more", more)})
	}
	return bounds
}

// concerns reports whether a quota counts pods like these.
func concerns(q *corev1.ResourceQuota, requests, limits corev1.ResourceList) bool {
	bestEffort := requests.Cpu().IsZero() && requests.Memory().IsZero() && limits.Cpu().IsZero() && limits.Memory().IsZero()
	for _, scope := range q.Spec.Scopes {
		switch scope {
		case corev1.ResourceQuotaScopeTerminating: // pods with a deadline, which Jobs have
			return false
		case corev1.ResourceQuotaScopeBestEffort:
			if !bestEffort {
				return false
			}
		case corev1.ResourceQuotaScopeNotBestEffort:
			if bestEffort {
				return false
			}
		}
	}
	return true
}
