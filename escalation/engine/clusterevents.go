package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"

	"go.uber.org/zap"
)

// Cluster lists what happens in the cluster: rollouts, scalings, warnings.
type Cluster interface {
	// Events are those that happened or still went on since the given time, oldest first.
	Events(ctx context.Context, since time.Time) ([]escalation.ClusterEvent, error)
}

// ClusterEventRecorder adds cluster events to the timelines of active incidents. It does not post in threads.
type ClusterEventRecorder struct {
	Service *Service
	Cluster Cluster
	// Name is that of Cluster, and Others are the clusters beside it.
	Name   string
	Others []string
	// Namespace is where Cluster looks. Incidents whose alerts are all of other namespaces or clusters are left out.
	Namespace string
	Every     time.Duration

	seen   map[int64]map[string]bool
	failed bool
}

const (
	// maxFollowed is how many active incidents get events, the newest ones.
	maxFollowed = 100
	// maxRecorded is how many events one timeline gets at most.
	maxRecorded = 300
)

// Run looks until ctx ends; it does not return before.
func (w *ClusterEventRecorder) Run(ctx context.Context) error {
	w.seen = map[int64]map[string]bool{}
	for {
		err := w.look(ctx)
		if err != nil && ctx.Err() == nil && !w.failed {
			w.Service.Log.Error("what happens in the cluster is not on the timelines, trying again", zap.String("cluster", w.Name), zap.Error(err))
		}
		w.failed = err != nil
		if err := times.Wait(ctx, w.Every); err != nil {
			return err
		}
	}
}

func (w *ClusterEventRecorder) look(ctx context.Context) error {
	active, err := w.Service.Queries.Incidents(ctx, true, maxFollowed)
	if err != nil || len(active) == 0 {
		return err
	}
	var since time.Time
	for _, inc := range active {
		since = times.Earliest(since, escalation.ClusterEventsFrom(inc))
	}
	// Kubernetes forgets events after an hour: there is nothing before.
	events, err := w.Cluster.Events(ctx, times.Latest(since, w.Service.Now().Add(-time.Hour)))
	if err != nil {
		return err
	}
	for _, inc := range active {
		if w.isElsewhere(inc) {
			continue
		}
		if err := w.tell(ctx, inc, events); err != nil {
			return err
		}
	}
	w.forget(active)
	return nil
}

// tell adds new events to the timeline of an incident.
func (w *ClusterEventRecorder) tell(ctx context.Context, inc incident.Incident, events []escalation.ClusterEvent) error {
	seen, err := w.seenIn(ctx, inc.Number)
	if err != nil {
		return err
	}
	var unknown []escalation.ClusterEvent
	for _, h := range events {
		if !seen[h.Source] && !h.Last.Before(escalation.ClusterEventsFrom(inc)) {
			unknown = append(unknown, h)
		}
	}
	room := max(maxRecorded-len(seen), 0)
	if len(unknown) > room {
		unknown = unknown[:room]
	}
	if len(unknown) == 0 {
		return nil
	}
	_, err = w.Service.change(ctx, inc.Number, func(directory oncall.Directory, inc incident.Incident, pages []incident.Page) (escalation.Change, error) {
		return escalation.RecordClusterEvents(w.Service.Policy, directory, inc, pages, unknown, w.Service.Now()), nil
	})
	if err != nil {
		return fmt.Errorf("put on the timeline of %s what happened in the cluster: %w", incident.Label(inc.Number), err)
	}
	for _, h := range unknown {
		seen[h.Source] = true
	}
	return nil
}

// seenIn are the sources of the events that the timeline already has.
func (w *ClusterEventRecorder) seenIn(ctx context.Context, number int64) (map[string]bool, error) {
	if seen, ok := w.seen[number]; ok {
		return seen, nil
	}
	entries, err := w.Service.Queries.Entries(ctx, number)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Kind == incident.EntryCluster {
			seen[e.Source] = true
		}
	}
	w.seen[number] = seen
	return seen, nil
}

func (w *ClusterEventRecorder) forget(active []incident.Incident) {
	isActive := map[int64]bool{}
	for _, inc := range active {
		isActive[inc.Number] = true
	}
	for number := range w.seen {
		if !isActive[number] {
			delete(w.seen, number)
		}
	}
}

// isElsewhere reports whether all alerts name another namespace or another cluster. A label with the name of no cluster that opsbot
// knows says nothing.
func (w *ClusterEventRecorder) isElsewhere(inc incident.Incident) bool {
	for _, a := range inc.Alerts {
		namespace := a.Labels["namespace"]
		if (namespace == "" || namespace == w.Namespace) && !slices.Contains(w.Others, a.Labels["cluster"]) {
			return false
		}
	}
	return len(inc.Alerts) > 0
}
