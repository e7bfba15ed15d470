package app

import (
	"context"
	"time"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// newClusterEventRecorder is nil where nothing is to be looked for.
func newClusterEventRecorder(c configs.Kubernetes, cluster *k8sops.Cluster, service *engine.Service) *engine.ClusterEventRecorder {
	if c.Observe == 0 {
		return nil
	}
	return &engine.ClusterEventRecorder{Service: service, Cluster: clusterEventSource{cluster}, Namespace: cluster.Namespace, Every: c.Observe}
}

// clusterEventSource is a cluster as incidents see it.
type clusterEventSource struct{ cluster *k8sops.Cluster }

func (o clusterEventSource) Events(ctx context.Context, since time.Time) ([]escalation.ClusterEvent, error) {
	client, err := o.cluster.As(kube.Observer())
	if err != nil {
		return nil, err
	}
	found, err := kube.Happenings(ctx, client, o.cluster.Namespace, since)
	if err != nil {
		return nil, err
	}
	var list []escalation.ClusterEvent
	for _, h := range found {
		list = append(list, escalation.ClusterEvent{Source: h.ID, First: h.First, Last: h.Last, Text: h.Text})
	}
	return list, nil
}
