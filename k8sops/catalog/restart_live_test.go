package catalog

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/optest"
	"opsbot/k8sops"
)

// A DBA restarts what reads the database after a restore, and can change nothing else about it: RBAC has one right for both, the policy tells them apart.
func TestLiveTheDBARestartsServicesAndChangesNothingElse(t *testing.T) {
	l := startLive(t, nil)
	call := l.call(t, k8sops.DBA, "backups")
	deployments := call.Client.Kubernetes.AppsV1().Deployments(l.namespace)
	patch := func(name, change string) error {
		_, err := deployments.Patch(t.Context(), name, types.StrategicMergePatchType, []byte(change), metav1.PatchOptions{})
		return k8sops.Explain("patch "+name, err)
	}
	seconds := 1
	require.Eventually(t, func() bool {
		seconds++
		return patch("user-service", fmt.Sprintf(`{"spec":{"minReadySeconds":%d}}`, seconds)) != nil
	}, 20*time.Second, 200*time.Millisecond, "the policy takes effect")
	for _, change := range []string{
		`{"spec":{"template":{"spec":{"containers":[{"name":"user-service","image":"evil:1"}]}}}}`,
		`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-03-02T09:30:00Z","sidecar.istio.io/inject":"true"}}}}}`,
		`{"spec":{"template":{"metadata":{"labels":{"tier":"backend","other":"x"}}}}}`,
		`{"spec":{"replicas":0}}`, `{"spec":{"paused":true}}`, `{"spec":{"minReadySeconds":500}}`,
		`{"metadata":{"labels":{"tier":null}}}`, `{"metadata":{"annotations":{"opsbot.io/container":"x"}}}`, `{"metadata":{"finalizers":["example.com/stuck"]}}`,
		`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"gone","uid":"3f2a"}]}}`,
	} {
		err := patch("user-service", change)
		require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "%s: %v", change, err)
		e, ok := optest.AsError(err)
		require.True(t, ok, "%T", err)
		require.Equal(t, "k8sops.policy.restart", e.Message.ID, "%s: %v", change, err)
	}
	require.NoError(t, patch("user-service", `{"metadata":{"annotations":{"kubernetes.io/change-cause":"restore"}},"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-03-02T09:30:00Z"}}}}}`))
	require.NoError(t, patch("postgres", `{"spec":{"minReadySeconds":1}}`), "it may be changed by its name")

	for _, line := range []string{"deploy user :1.1", "rollback user", "rollout restart user"} {
		refused := l.call(t, k8sops.DBA, line)
		err := k8sops.Preflight(t.Context(), refused.Client, refused.Namespace, *refused.Operation)
		require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "%s: what the policy refuses is refused before", line)
	}
	for _, line := range []string{"deploy user :1.1", "rollout restart user"} {
		allowed := l.call(t, k8sops.Development, line)
		require.NoError(t, k8sops.Preflight(t.Context(), allowed.Client, allowed.Namespace, *allowed.Operation))
	}
}
