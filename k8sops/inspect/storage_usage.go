package inspect

import (
	"bytes"
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// mount is where a running container has a claim.
type mount struct{ pod, container, path string }

// findMounts finds a running pod for each claim. The pods are looked at one at a time.
func findMounts(ctx context.Context, call *k8sops.Call, claims []*claim) error {
	byName := make(map[string]*claim, len(claims))
	for _, c := range claims {
		byName[c.name] = c
	}
	err := kube.EachPod(ctx, call, stream.Listing{}, stream.Pruning{1: stream.LightMetadata()}, func(pod *corev1.Pod) {
		if pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil {
			return
		}
		for _, v := range pod.Spec.Volumes {
			if c := byName[claimName(pod, v)]; c != nil && c.mount == nil {
				c.mounted(pod, v.Name)
			}
		}
	})
	return k8sops.Explain("list pods", err)
}

// claimName is the claim behind a volume, "" where there is none. One that was made for the pod is named after both.
func claimName(pod *corev1.Pod, v corev1.Volume) string {
	switch {
	case v.PersistentVolumeClaim != nil:
		return v.PersistentVolumeClaim.ClaimName
	case v.Ephemeral != nil:
		return pod.Name + "-" + v.Name
	}
	return ""
}

// mounted takes the first running container that mounts the volume. A raw device has no file system to look at.
func (c *claim) mounted(pod *corev1.Pod, volume string) {
	for _, container := range pod.Spec.Containers {
		for _, m := range container.VolumeMounts {
			if m.Name == volume && kube.ContainerStatus(pod.Status.ContainerStatuses, container.Name).State.Waiting == nil {
				c.mount = &mount{pod.Name, container.Name, m.MountPath}
				return
			}
		}
		for _, d := range container.VolumeDevices {
			if d.Name == volume {
				c.unknown = messages.New("k8sops.storage.raw")
			}
		}
	}
}

const (
	// measuredAtOnce is how many pods are asked at the same time, measuredFor how long each may take, and mostMeasured how many are asked.
	measuredAtOnce = 4
	measuredFor    = 10 * time.Second
	mostMeasured   = 40
)

// measure runs df in a pod of each claim. What it does not learn is said with the reason.
func measure(ctx context.Context, call *k8sops.Call, claims []*claim) {
	group := errgroup.Group{}
	group.SetLimit(measuredAtOnce)
	asked := 0
	for _, c := range claims {
		switch {
		case c.mount == nil:
			continue
		case asked == mostMeasured:
			c.unknown = messages.New("k8sops.storage.not_asked", "max", mostMeasured)
			continue
		}
		asked++
		group.Go(func() error {
			c.measure(ctx, call)
			return nil
		})
	}
	_ = group.Wait() // none fails: what is not known is part of the answer
}

// measure asks for the one file system that the claim is mounted as.
func (c *claim) measure(ctx context.Context, call *k8sops.Call) {
	ctx, cancel := context.WithTimeout(ctx, measuredFor)
	defer cancel()
	var out bytes.Buffer
	err := call.Client.Executor().Exec(ctx, k8sops.Command{
		Namespace: call.Namespace, Pod: c.mount.pod, Container: c.mount.container, Args: []string{"df", "-P", "-k", c.mount.path}, Stdout: &out,
	})
	explained := kube.ExplainExec("df in "+c.mount.pod, err)
	switch disks := parseDisks(out.String()); {
	case err == nil && len(disks) == 1:
		c.disk = &disks[0]
	case err != nil && k8sops.CodeOf(explained) == k8sops.CodeForbidden:
		c.unknown = messages.New("k8sops.storage.may_not")
	default:
		c.unknown = messages.New("k8sops.storage.no_df")
	}
}
