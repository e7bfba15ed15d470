package rollout

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// readyOfNewest is how many pods of the newest template are ready. The workload's status says how many pods are of it and how many pods
// serve; where both kinds of pod are there, only the replica set or the pods themselves say how many are both.
func readyOfNewest(ctx context.Context, call *k8sops.Call, w kube.Workload) int {
	counts := w.Counts()
	if counts.Current == counts.Updated {
		return counts.Available
	}
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		if newest, err := newestReplicaSet(ctx, call, w); err == nil && newest != nil {
			return int(newest.Status.AvailableReplicas)
		}
	case *appsv1.StatefulSet:
		if pods, err := kube.PodsOf(ctx, call, w); err == nil && o.Status.UpdateRevision != "" {
			ready := 0
			for i := range pods {
				if pods[i].Labels[appsv1.ControllerRevisionHashLabelKey] == o.Status.UpdateRevision && kube.PodReady(&pods[i]) {
					ready++
				}
			}
			return ready
		}
	}
	return counts.ReadyUpdated()
}

// counts says how far the workload is. While pods of an earlier template still serve, it says so: "0 of 4 ready" would read as an outage.
func (l rolloutLook) counts() messages.Text {
	if l.serving > l.ready {
		return messages.New("k8sops.rollout.counts_updated", "ready", l.ready, "desired", l.desired, "serving", l.serving)
	}
	return messages.New("k8sops.rollout.counts", "ready", l.ready, "desired", l.desired)
}
