package catalog

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"

	"opsbot/k8sops"
)

// The API server adds defaults and annotations of its own: what the plan of a rollback says is made of those, too.
func TestLiveARollbackSaysThatSecretsChangeAndShowsNone(t *testing.T) {
	l := startLive(t, nil)
	deployments := l.cluster.Client().AppsV1().Deployments(l.namespace)
	for _, secret := range []string{"SECRET1", "SECRET2"} {
		var before int64
		require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, func() error { // its status may change meanwhile
			d := l.deployment(t, "user-service")
			before = d.Generation
			putSecrets(d, secret)
			_, err := deployments.Update(t.Context(), d, metav1.UpdateOptions{})
			return err
		}))
		require.Eventually(t, func() bool {
			d := l.deployment(t, "user-service")
			return d.Generation > before && d.Status.ObservedGeneration == d.Generation
		}, time.Minute, l.deps.Poll)
	}

	call := l.call(t, k8sops.Development, "rollback user")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, explained(err))
	stored, err := json.Marshal(plan)
	require.NoError(t, err)
	require.NotContains(t, string(stored), "SECRET")
	for _, path := range []string{
		"spec.containers[user-service].env[DSN].value", "spec.containers[user-service].env[GREETING].value",
		"spec.containers[user-service].livenessProbe.exec.command", "spec.containers[user-service].lifecycle.preStop.exec.command",
		"metadata.annotations[vault.example.com/token]",
	} {
		require.Contains(t, plan.Diff, "! "+path+" (changed)\n")
	}
}

// putSecrets writes a secret wherever a pod template has room for one.
func putSecrets(d *appsv1.Deployment, secret string) {
	c := &d.Spec.Template.Spec.Containers[0]
	c.Env = []corev1.EnvVar{{Name: "DSN", Value: "app:" + secret + "@tcp(db:3306)/shop"}, {Name: "GREETING", Value: secret}}
	c.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"mysqladmin", "-p" + secret}}}, PeriodSeconds: 3600}
	c.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"curl", "-u", secret}}}}
	d.Spec.Template.Annotations = map[string]string{"vault.example.com/token": secret}
	d.Annotations["kubectl.kubernetes.io/last-applied-configuration"] = secret
}
