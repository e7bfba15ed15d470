// Package kube is what the families of operations share: finding workloads, rollouts, targets, autoscalers, events, and the database's pod.
package kube
