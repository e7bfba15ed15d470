package kube

import (
	"context"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/stream"
)

// EachEvent visits the events of a namespace, or only its warnings, in no order.
func EachEvent(ctx context.Context, client *k8sops.Client, namespace string, warningsOnly bool, visit func(*corev1.Event)) error {
	l := stream.Listing{Resource: "events", Namespace: namespace}
	if warningsOnly {
		l.FieldSelector = "type=" + corev1.EventTypeWarning
	}
	whole := func(ctx context.Context, options metav1.ListOptions) ([]corev1.Event, error) {
		list, err := client.Kubernetes.CoreV1().Events(namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
	err := stream.Each(ctx, client, l, stream.Pruning{1: stream.LightMetadata()}, whole, func(event *corev1.Event) {
		if !warningsOnly || event.Type == corev1.EventTypeWarning { // a fake clientset knows no field selectors
			visit(event)
		}
	})
	return k8sops.Explain("list events in "+namespace, err)
}

// ShortKind is how kubectl abbreviates a kind.
func ShortKind(kind string) string {
	switch kind = strings.ToLower(kind); kind {
	case "pod":
		return "po"
	case "deployment":
		return "deploy"
	case "replicaset":
		return "rs"
	case "statefulset":
		return "sts"
	case "daemonset":
		return "ds"
	case "horizontalpodautoscaler":
		return "hpa"
	case "service":
		return "svc"
	case "node":
		return "no"
	case "persistentvolumeclaim":
		return "pvc"
	case "cronjob":
		return "cj"
	}
	return kind
}

// Occurrences is how often the event happened, at least once.
func Occurrences(event *corev1.Event) int {
	n := event.Count
	if event.Series != nil {
		n = max(n, event.Series.Count)
	}
	return int(max(1, n))
}

// LastSeen reads the time of either kind of event: those of events.k8s.io leave the old fields empty.
func LastSeen(event *corev1.Event) time.Time {
	at := event.LastTimestamp.Time
	for _, t := range []time.Time{event.EventTime.Time, event.FirstTimestamp.Time, event.CreationTimestamp.Time} {
		if at.IsZero() {
			at = t
		}
	}
	if event.Series != nil && event.Series.LastObservedTime.After(at) {
		at = event.Series.LastObservedTime.Time
	}
	return at
}

var (
	podSuffix = regexp.MustCompile(`-[a-z0-9]{6,10}-[a-z0-9]{5}$`)
	setSuffix = regexp.MustCompile(`-[a-z0-9]{6,10}$`)
)

// WithoutSuffix leaves out what Kubernetes generated of a pod's or replica set's name.
func WithoutSuffix(kind, name string) string {
	switch kind {
	case "Pod":
		return podSuffix.ReplaceAllString(name, "-*")
	case "ReplicaSet":
		return setSuffix.ReplaceAllString(name, "-*")
	}
	return name
}
