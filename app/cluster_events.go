package app

import (
	"context"
	"time"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/k8sops"
)

// newClusterEventRecorder is nil where nothing is to be looked for.
func newClusterEventRecorder(c configs.Kubernetes, cluster *k8sops.Cluster, service *escalation.Service) *escalation.Witness {
	if c.Observe == 0 {
		return nil
	}
	return &escalation.Witness{Service: service, Cluster: clusterEventSource{cluster}, Namespace: cluster.Namespace, Every: c.Observe}
}

// clusterEventSource is a cluster as incidents see it.
type clusterEventSource struct{ cluster *k8sops.Cluster }

func (o clusterEventSource) Happenings(ctx context.Context, since time.Time) ([]escalation.Happening, error) {
	client, err := o.cluster.As(k8sops.Observer())
	if err != nil {
		return nil, err
	}
	found, err := k8sops.Happenings(ctx, client, o.cluster.Namespace, since)
	if err != nil {
		return nil, err
	}
	var list []escalation.Happening
	for _, h := range found {
		list = append(list, escalation.Happening{Source: h.ID, First: h.First, Last: h.Last, Text: h.Text})
	}
	return list, nil
}
