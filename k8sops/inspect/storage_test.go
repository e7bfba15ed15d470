package inspect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func volumeClaim(name string, phase corev1.PersistentVolumeClaimPhase) *corev1.PersistentVolumeClaim {
	size := corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10Gi")}
	c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace, CreationTimestamp: metav1.NewTime(optest.TestNow())}}
	c.Spec.Resources.Requests, c.Status.Phase = size, phase
	return c
}

// mounts is a pod that mounts a claim at /data/CLAIM.
func mounts(claim string) *corev1.Pod {
	pod := optest.ReadyPod(claim)
	pod.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}}
	pod.Spec.Containers[1].VolumeMounts = []corev1.VolumeMount{{Name: "v", MountPath: "/data/" + claim}}
	return pod
}

// usedDisks is df, by the path that it is asked for, in percent of 10 GiB.
type usedDisks map[string]int

func (d usedDisks) Exec(_ context.Context, c k8sops.Command) error {
	path := c.Args[len(c.Args)-1]
	percent, ok := d[path]
	switch {
	case !ok:
		return &k8sops.CommandError{Program: "df", Code: 1, Stderr: "not found"}
	case percent < 0:
		return apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, c.Pod, errors.New("no"))
	}
	const blocks = 10 << 20
	_, err := fmt.Fprintf(c.Stdout, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sdb %d %d %d %d%% %s\n", blocks, blocks*percent/100, blocks*(100-percent)/100, percent, path)
	return err
}

func TestClaimsAndHowFullTheyAre(t *testing.T) {
	raw := mounts("raw")
	raw.Spec.Containers[1].VolumeDevices, raw.Spec.Containers[1].VolumeMounts = []corev1.VolumeDevice{{Name: "v", DevicePath: "/dev/xvda"}}, nil
	scratch := optest.ReadyPod("worker")
	scratch.Spec.Volumes = []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}}
	scratch.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "scratch", MountPath: "/scratch"}}
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "storage",
		volumeClaim("postgres-data", corev1.ClaimBound), mounts("postgres-data"), volumeClaim("redis-data", corev1.ClaimBound), mounts("redis-data"),
		volumeClaim("images", corev1.ClaimBound), mounts("images"), volumeClaim("worker-hash2-abcde-scratch", corev1.ClaimBound), scratch,
		volumeClaim("old", corev1.ClaimBound), volumeClaim("raw", corev1.ClaimBound), raw, volumeClaim("secret", corev1.ClaimBound), mounts("secret"),
		volumeClaim("odd", corev1.ClaimBound), mounts("odd"), volumeClaim("waiting", corev1.ClaimPending))
	call.Client.Exec = usedDisks{"/data/postgres-data": 91, "/data/redis-data": 85, "/data/images": 84, "/scratch": 3, "/data/secret": -1}
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	optest.Golden(t, "storage", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

func TestNoClaimsAndTooMany(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "storage")
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.storage.none", result.Card.Title.ID)

	var claims []*claim
	disks := usedDisks{}
	for i := range mostMeasured + 2 {
		path := fmt.Sprint("/data/", i)
		claims, disks[path] = append(claims, &claim{name: path, mount: &mount{"p", "c", path}}), 10
	}
	call.Client.Exec = disks
	measure(t.Context(), call, claims)
	require.Equal(t, mostMeasured, slices.IndexFunc(claims, func(c *claim) bool { return c.disk == nil }))
	require.Equal(t, "k8sops.storage.not_asked", claims[mostMeasured].unknown.ID)
}
