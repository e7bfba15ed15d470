package workload

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"opsbot/messages"
)

const (
	cpuStep    = 10       // suggestions are multiples of 10m …
	memoryStep = 16 << 20 // … and of 16 MiB
)

// suggest is what a container should rather have, nil where one moment gives no reason for a change. It only ever raises: that a container
// uses little now does not say that it always does, and less than it needs ends it.
func (r resources) suggest(name corev1.ResourceName, set bounds, use containerUse) *bounds {
	used, threshold := use.amount(name), int64(r.Thresholds.CPU)
	if name == corev1.ResourceMemory {
		threshold = int64(r.Thresholds.Memory)
	}
	if used == 0 {
		return nil
	}
	better := set
	if used > set.request {
		better.request = rounded(name, used+used/5)
	}
	if set.limit > 0 && used*100 >= set.limit*threshold {
		better.limit = max(set.limit, rounded(name, used+used/2))
	}
	if name == corev1.ResourceMemory && set.limit > 0 && use.killedLimit > 0 {
		better.limit = max(better.limit, rounded(name, use.killedLimit+use.killedLimit/2))
	}
	if better.limit > 0 {
		better.limit = max(better.limit, better.request)
	}
	if better == set {
		return nil
	}
	return &better
}

func rounded(name corev1.ResourceName, n int64) int64 {
	step := int64(cpuStep)
	if name == corev1.ResourceMemory {
		step = memoryStep
	}
	return (n + step - 1) / step * step
}

// quantity is an amount as Kubernetes writes it: "250m", "256Mi".
func quantity(name corev1.ResourceName, n int64) string {
	if name == corev1.ResourceCPU {
		return strconv.FormatInt(n, 10) + "m"
	}
	return resource.NewQuantity(n, resource.BinarySI).String()
}

// shown is an amount for people, "–" where there is none.
func shown(name corev1.ResourceName, n int64) string {
	switch {
	case n == 0:
		return "–"
	case name == corev1.ResourceCPU:
		return quantity(name, n)
	}
	return messages.Bytes(n)
}
