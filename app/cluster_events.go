package app

import (
	"context"
	"slices"
	"time"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/messages"
)

// newClusterEventRecorders are one for each cluster that is to be looked at.
func newClusterEventRecorders(c configs.Config, clusters k8sops.Clusters, service *engine.Service) []*engine.ClusterEventRecorder {
	var recorders []*engine.ClusterEventRecorder
	for i, cluster := range clusters {
		every := c.AllClusters()[i].Observe
		if every == 0 {
			continue
		}
		others := slices.DeleteFunc(clusters.Names(), func(name string) bool { return name == cluster.Name })
		recorders = append(recorders, &engine.ClusterEventRecorder{
			Service: service, Cluster: clusterEventSource{cluster, clusters.Several()}, Name: cluster.Name, Others: others,
			Namespace: cluster.Namespace, Every: every,
		})
	}
	return recorders
}

// clusterEventSource is a cluster as incidents see it; its events name it where it is one of several.
type clusterEventSource struct {
	cluster *k8sops.Cluster
	named   bool
}

func (o clusterEventSource) Events(ctx context.Context, since time.Time) ([]escalation.ClusterEvent, error) {
	client, err := o.cluster.As(clusterevents.Observer())
	if err != nil {
		return nil, err
	}
	found, err := clusterevents.Since(ctx, client, o.cluster.Namespace, since)
	if err != nil {
		return nil, err
	}
	var list []escalation.ClusterEvent
	for _, h := range found {
		event := escalation.ClusterEvent{Source: h.ID, First: h.First, Last: h.Last, Text: h.Text}
		if o.named { // the same warning may come from each of them
			event.Source = o.cluster.Name + " " + h.ID
			event.Text = messages.New("cluster.event", "cluster", messages.Code(o.cluster.Name), "what", h.Text)
		}
		list = append(list, event)
	}
	return list, nil
}
