// Package rollout follows what Kubernetes brings up: rollouts of workloads and their history, Jobs, and what stands in their way.
package rollout
