package runbooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// rebuildDelete is a call of /rebuild delete in a rebuild with these states of its first two steps, and a verified backup of some age.
func rebuildDelete(t *testing.T, states []runbooks.StepState, age time.Duration, objects ...runtime.Object) *k8sops.Call {
	t.Helper()
	all := &optest.GuidedRuns{}
	p := optest.TestPlatform()
	p.LastBackup = func(context.Context, string, string) (int, time.Time, error) {
		return 1, optest.TestNow().Add(-age), nil
	}
	ops, set := runbooks.Operations(runbooks.Deps{Platform: p, Runs: all}, nil)
	set(ops)
	if states != nil {
		_, err := all.AddRun(t.Context(), runbooks.Run{
			Plan: "begun", Runbook: "rebuild", Cluster: "demo", Namespace: optest.TestNamespace, BegunAt: optest.TestNow(),
			Steps: []runbooks.Step{{Name: "backup", State: states[0]}, {Name: "proof", State: states[1]}, {Name: "delete", State: runbooks.Running}},
		})
		require.NoError(t, err)
	}
	c, _ := optest.NewCall(t, ops, "rebuild delete", objects...)
	return c
}

// withClaim is a deployment of tier=backend that mounts a volume claim.
func withClaim(name string) *appsv1.Deployment {
	return optest.Deployment(name, 1, func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}}}
	})
}

func done() []runbooks.StepState { return []runbooks.StepState{runbooks.Done, runbooks.Done} }

func deploymentsOf(t *testing.T, c *k8sops.Call) (names []string) {
	t.Helper()
	list, err := c.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, d := range list.Items {
		names = append(names, d.Name)
	}
	return names
}

func TestOnlyServicesThatHoldNoDataAreDeleted(t *testing.T) {
	objects := append(optest.Platform(), withClaim("uploads"), optest.StatefulSet("ledger", 1),
		optest.Deployment("redis", 1), &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "uploads", Namespace: optest.TestNamespace}})
	c := rebuildDelete(t, done(), 0, objects...)
	plan, _, proof, err := optest.RunAll(t.Context(), c)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.Equal(t, []string{"order-service", "payment-service", "user-service"}, plan.Names())
	require.Equal(t, []string{"postgres", "redis", "uploads"}, deploymentsOf(t, c), "the database, the cache, and what has a volume")
	_, err = c.Client.Kubernetes.AppsV1().StatefulSets(optest.TestNamespace).Get(t.Context(), "ledger", metav1.GetOptions{})
	require.NoError(t, err)
	claims, err := c.Client.Kubernetes.CoreV1().PersistentVolumeClaims(optest.TestNamespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, claims.Items, 1)
	optest.Golden(t, "delete", func(pr *messages.Printer) string { return optest.ShowPlan(pr, plan) })
}

func TestWithoutAProvenBackupOfThisRunNothingIsDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		states []runbooks.StepState
		age    time.Duration
		id     string
	}{
		"no rebuild":       {nil, 0, "k8sops.runbooks.delete.no_run"},
		"no backup":        {[]runbooks.StepState{runbooks.Waiting, runbooks.Waiting}, 0, "k8sops.runbooks.delete.no_backup"},
		"not proven":       {[]runbooks.StepState{runbooks.Done, runbooks.Failed}, 0, "k8sops.runbooks.delete.no_backup"},
		"proof skipped":    {[]runbooks.StepState{runbooks.Done, runbooks.Skipped}, 0, "k8sops.runbooks.delete.no_backup"},
		"an older backup":  {done(), time.Hour, "k8sops.runbooks.delete.no_backup"},
		"removed since":    {done(), 24 * 365 * time.Hour, "k8sops.runbooks.delete.no_backup"},
		"everything there": {done(), 0, ""},
	} {
		call := rebuildDelete(t, c.states, c.age, optest.Platform()...)
		_, err := call.Operation.Plan(t.Context(), call)
		if c.id == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, c.id, optest.MessageID(t, err), name)
		require.Len(t, deploymentsOf(t, call), 4)
	}
}

// A kill in the middle: what is gone already is left out, and what somebody has made anew under its name stays.
func TestADeletionGoesOnAfterAKill(t *testing.T) {
	c := rebuildDelete(t, done(), 0, optest.Platform()...)
	plan, err := c.Operation.Plan(t.Context(), c)
	require.NoError(t, err)
	deployments := c.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace)
	require.NoError(t, deployments.Delete(t.Context(), "order-service", metav1.DeleteOptions{}))
	require.NoError(t, deployments.Delete(t.Context(), "user-service", metav1.DeleteOptions{}))
	anew := optest.Deployment("user-service", 1)
	anew.UID = "another"
	_, err = deployments.Create(t.Context(), anew, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Error(t, c.Operation.Steps[0].Do(t.Context(), c, plan, &optest.RecordedProgress{}, false), "not resumed: something else has changed")
	require.NoError(t, c.Operation.Steps[0].Do(t.Context(), c, plan, &optest.RecordedProgress{}, true))
	require.Equal(t, []string{"postgres", "user-service"}, deploymentsOf(t, c))
	proof, err := c.Operation.Verify(t.Context(), c, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.True(t, proof.OK)
}

func TestAServiceThatChangedSinceThePlanIsNotDeleted(t *testing.T) {
	c := rebuildDelete(t, done(), 0, optest.Platform()...)
	plan, err := c.Operation.Plan(t.Context(), c)
	require.NoError(t, err)
	changed := optest.Deployment("user-service", 9)
	_, err = c.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace).Update(t.Context(), changed, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, k8sops.CodeConflict, k8sops.CodeOf(optest.Do(t.Context(), c, plan)))
	require.Len(t, deploymentsOf(t, c), 4)
}

// The right to delete is the system administrator's, and for the two kinds only.
func TestTheRightToDelete(t *testing.T) {
	c := rebuildDelete(t, nil, 0)
	require.Equal(t, []k8sops.Role{k8sops.System}, c.Operation.Owners)
	var deletes []string
	for _, a := range c.Operation.Access {
		if a.Verb == "delete" {
			deletes = append(deletes, a.Resource)
		}
	}
	require.Equal(t, []string{"deployments", "daemonsets"}, deletes)
}
