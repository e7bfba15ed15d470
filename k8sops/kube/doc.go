// Package kube is what the families of operations share: finding workloads, targets, autoscalers, events, and the database's pod, and deciding about danger.
package kube
