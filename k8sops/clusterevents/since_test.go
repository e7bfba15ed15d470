package clusterevents_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/messages"
)

func textsOf(t *testing.T, found []clusterevents.Event) (texts []string) {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, c := range found {
		texts = append(texts, c.First.Sub(optest.TestNow()).String()+" to "+c.Last.Sub(optest.TestNow()).String()+" "+catalogue.Printer("en", messages.Plain()).Text(c.Text))
	}
	return texts
}

func TestWhatHappenedSince(t *testing.T) {
	old := optest.Event(6, "Pod", "api-gateway-6d4b75cb6d-abcde", "BackOff", "Back-off restarting container", 4, 90)
	old.FirstTimestamp = metav1.NewTime(optest.TestNow().Add(-3 * time.Hour))
	secret := optest.Event(7, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up with password=hunter2", 1, 1)
	secret.UID = types.UID("s")
	one := optest.Event(1, "Pod", "user-service-6d4b75cb6d-hwxyz", "BackOff", "Back-off restarting container in pod user-service-6d4b75cb6d-hwxyz", 5, 3)
	one.FirstTimestamp = metav1.NewTime(optest.TestNow().Add(-40 * time.Minute))
	other := optest.Event(2, "Pod", "user-service-6d4b75cb6d-abcde", "BackOff", "Back-off restarting container in pod user-service-6d4b75cb6d-abcde", 2, 4)
	other.FirstTimestamp = other.LastTimestamp
	client := optest.NewFake(one, other,
		optest.Event(3, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up replica set user-service-6d4b75cb6d from 1 to 3", 10, 1),
		optest.Event(4, "Pod", "user-service-6d4b75cb6d-abcde", "Pulled", "image there", 1, 1),
		optest.Event(5, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up to 9", 300, 1),
		old, secret)
	found, err := clusterevents.Since(t.Context(), &k8sops.Client{Kubernetes: client}, optest.TestNamespace, optest.TestNow().Add(-30*time.Minute))
	require.NoError(t, err)
	texts := textsOf(t, found)
	require.Equal(t, []string{
		"-3h0m0s to -4m0s ⚠ po/api-gateway-*: Back-off restarting container (BackOff)",
		"-40m0s to -2m0s ⚠ po/user-service-*: Back-off restarting container in pod user-service-6d4b75cb6d-hwxyz (BackOff)",
		"-10m0s to -10m0s deploy/user-service: Scaled up replica set user-service-6d4b75cb6d from 1 to 3 (ScalingReplicaSet)",
	}, texts[:3], "the same warning of two pods is one, and one that began long ago and goes on is there")
	require.Len(t, texts, 4)
	require.NotContains(t, texts[3], "hunter2")
}

func TestAScalingThatKubernetesCountsIsAnotherChange(t *testing.T) {
	e := optest.Event(1, "Deployment", "user-service", "ScalingReplicaSet", "Scaled up", 5, 1)
	e.UID = types.UID("u")
	seen := func() string {
		found, err := clusterevents.Since(t.Context(), &k8sops.Client{Kubernetes: optest.NewFake(e.DeepCopy())}, optest.TestNamespace, optest.TestNow().Add(-time.Hour))
		require.NoError(t, err)
		require.Len(t, found, 1)
		return found[0].ID
	}
	first := seen()
	e.Count = 2
	require.NotEqual(t, first, seen())
}
