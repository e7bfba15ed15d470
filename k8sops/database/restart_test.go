package database

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/templatediff"
)

func restartedAt(t *testing.T, call *k8sops.Call, name string) string {
	t.Helper()
	d, err := call.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return d.Spec.Template.Annotations[templatediff.RestartedAt]
}

func TestTheDatabaseIsRestartedAndNothingElse(t *testing.T) {
	call := newCall(t, "db restart", &optest.FakeDatabase{}, postgresServer(), optest.Deployment("user-service", 2))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, proof.Summary.ID)
	require.Equal(t, []string{"postgres"}, plan.Names())
	require.NotEmpty(t, restartedAt(t, call, "postgres"))
	require.Empty(t, restartedAt(t, call, "user-service"))
}

// A kill after the restart: done again, the step leaves the server alone.
func TestARestartIsNotRepeated(t *testing.T) {
	call := newCall(t, "db restart", &optest.FakeDatabase{}, postgresServer())
	call.Started = time.Now().Add(-time.Minute)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	step := call.Operation.Steps[0]
	require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
	first := restartedAt(t, call, "postgres")
	require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, true))
	require.Equal(t, first, restartedAt(t, call, "postgres"))
}

func TestWithoutADatabaseWorkloadNothingIsRestarted(t *testing.T) {
	call := newCall(t, "db restart", &optest.FakeDatabase{}, optest.Deployment("user-service", 2))
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.db.set.no_workload", optest.MessageID(t, err))
	paused := newCall(t, "db restart", &optest.FakeDatabase{}, optest.Deployment("postgres", 1, func(d *appsv1.Deployment) { d.Spec.Paused = true }))
	_, err = paused.Operation.Plan(t.Context(), paused)
	require.Equal(t, "k8sops.rollout.paused", optest.MessageID(t, err))
}

// The right to restart the database is that of one named workload.
func TestTheRightToRestartIsForTheDatabaseAlone(t *testing.T) {
	call := newCall(t, "db restart", &optest.FakeDatabase{}, postgresServer())
	for _, a := range call.Operation.Access {
		if a.Verb == "patch" {
			require.Equal(t, "postgres", a.Name)
		}
	}
}
