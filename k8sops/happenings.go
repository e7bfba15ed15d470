package k8sops

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
)

// ObserverUser is whom opsbot impersonates for what nobody asked for: looking at what happens in a cluster during an incident.
// It is a viewer and nothing else.
const ObserverUser = groupPrefix + "observer"

// Observer is the identity of ObserverUser.
func Observer() Identity { return Identity{User: ObserverUser, Groups: []string{ViewerGroup}} }

// Happening is something that happened in a cluster: a rollout, a scaling, a warning.
type Happening struct {
	// ID is the same whenever the same change is seen. A warning that repeats itself, also for other pods of a workload, is one.
	ID   string
	At   time.Time
	Text messages.Text
}

// Happenings lists what happened in a namespace since a moment, oldest first: all warnings, and of the other events those by which
// workloads change. Kubernetes forgets events after an hour.
func Happenings(ctx context.Context, client *Client, namespace string, since time.Time) ([]Happening, error) {
	known := map[string]Happening{}
	options := metav1.ListOptions{Limit: eventPage}
	for seen := 0; seen < maxEvents; {
		page, err := client.Kubernetes.CoreV1().Events(namespace).List(ctx, options)
		if err != nil {
			return nil, explain("list events in "+namespace, err)
		}
		for i := range page.Items {
			c, ok := happeningOf(&page.Items[i], since)
			if !ok || c.At.Before(since) {
				continue
			}
			if first, isKnown := known[c.ID]; !isKnown || c.At.Before(first.At) {
				known[c.ID] = c
			}
		}
		seen += len(page.Items)
		if options.Continue = page.Continue; options.Continue == "" {
			break
		}
	}
	found := make([]Happening, 0, len(known))
	for _, c := range known {
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b Happening) int { return a.At.Compare(b.At) })
	return found, nil
}

func happeningOf(event *corev1.Event, since time.Time) (Happening, bool) {
	object := shortKind(event.InvolvedObject.Kind) + "/" + withoutSuffix(event.InvolvedObject.Kind, event.InvolvedObject.Name)
	what := clip(redact(event.Message), 300)
	switch {
	case event.Type == corev1.EventTypeWarning:
		id := fmt.Sprintf("%s %s %s", event.Reason, object, normalise(event.Message))
		at := firstSeen(event)
		if at.Before(since) {
			at = lastSeen(event) // it goes on: one event counts for as long as Kubernetes remembers it
		}
		return Happening{ID: id, At: at, Text: messages.New("k8sops.happening.warning", "object", messages.Code(object), "what", what, "reason", event.Reason)}, true
	case changesWorkload(event.Reason):
		// A deployment's controller counts repeated scalings to the same size in one event.
		id := fmt.Sprintf("%s/%d", event.UID, occurrences(event))
		return Happening{ID: id, At: lastSeen(event), Text: messages.New("k8sops.happening.change", "object", messages.Code(object), "what", what, "reason", event.Reason)}, true
	default:
		return Happening{}, false
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
