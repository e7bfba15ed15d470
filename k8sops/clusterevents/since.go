// Package clusterevents lists what happens in a cluster, for the timelines of incidents.
package clusterevents

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/pattern"
	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// ObserverUser is whom opsbot impersonates for what nobody asked for: looking at what happens in a cluster during an incident, and asking
// what the people in a channel may read.
// It is a viewer and nothing else.
const ObserverUser = k8sops.GroupPrefix + "observer"

// Observer is the identity of ObserverUser.
func Observer() k8sops.Identity {
	return k8sops.Identity{User: ObserverUser, Groups: []string{k8sops.ViewerGroup}}
}

// Event is something that happened in a cluster: a rollout, a scaling, a warning.
type Event struct {
	// ID is the same whenever the same change is seen. A warning that repeats itself, also for other pods of a workload, is one.
	ID string
	// First and Last are when it was first and last seen; they differ for a warning that repeats itself.
	First, Last time.Time
	Text        messages.Text
}

// Since lists what happened, or still went on, in a namespace since a moment, what began first in front: all warnings, and of
// the other events those by which workloads change. Kubernetes forgets events after an hour.
func Since(ctx context.Context, client *k8sops.Client, namespace string, since time.Time) ([]Event, error) {
	known := map[string]Event{}
	err := kube.EachEvent(ctx, client, namespace, false, func(event *corev1.Event) {
		c, ok := eventOf(event)
		if !ok || c.Last.Before(since) {
			return
		}
		if other, isKnown := known[c.ID]; isKnown {
			c = c.and(other)
		}
		known[c.ID] = c
	})
	if err != nil {
		return nil, err
	}
	found := make([]Event, 0, len(known))
	for _, c := range known {
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b Event) int { return a.First.Compare(b.First) })
	return found, nil
}

// and is two sightings of the same as one, in the words of the earlier.
func (h Event) and(other Event) Event {
	if other.First.Before(h.First) {
		h, other = other, h
	}
	if other.Last.After(h.Last) {
		h.Last = other.Last
	}
	return h
}

func eventOf(event *corev1.Event) (Event, bool) {
	object := kube.ShortKind(event.InvolvedObject.Kind) + "/" + kube.WithoutSuffix(event.InvolvedObject.Kind, event.InvolvedObject.Name)
	what := messages.Clip(redact.Text(event.Message), 300)
	switch {
	case event.Type == corev1.EventTypeWarning:
		id := fmt.Sprintf("%s %s %s", event.Reason, object, pattern.Of(event.Message))
		return Event{ID: id, First: firstSeen(event), Last: kube.LastSeen(event), Text: messages.New("k8sops.cluster_event.warning", "object", messages.Code(object), "what", what, "reason", event.Reason)}, true
	case changesWorkload(event.Reason):
		// A deployment's controller counts repeated scalings to the same size in one event: what happened is the last of them.
		id := fmt.Sprintf("%s/%d", event.UID, kube.Occurrences(event))
		at := kube.LastSeen(event)
		return Event{ID: id, First: at, Last: at, Text: messages.New("k8sops.cluster_event.change", "object", messages.Code(object), "what", what, "reason", event.Reason)}, true
	default:
		return Event{}, false
	}
}

// changesWorkload knows the reasons that Kubernetes' controllers give: the deployment controller, the autoscaler and the node
// controller.
func changesWorkload(reason string) bool {
	switch reason {
	case "ScalingReplicaSet", "DeploymentRollback", "SuccessfulRescale", "NodeNotReady", "TaintManagerEviction", "Preempted", "Evicted":
		return true
	default:
		return false
	}
}

// firstSeen reads the time of either kind of event.
func firstSeen(event *corev1.Event) time.Time {
	for _, t := range []time.Time{event.FirstTimestamp.Time, event.EventTime.Time} {
		if !t.IsZero() {
			return t
		}
	}
	return event.CreationTimestamp.Time
}
