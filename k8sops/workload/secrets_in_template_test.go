package workload

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/optest"
	"opsbot/messages"
)

// withSecrets puts a secret into every place of a template where people put them.
func withSecrets(t *corev1.PodTemplateSpec, secret string) {
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
		Exec: &corev1.ExecAction{Command: []string{"mysqladmin", "-p" + secret, "ping"}},
		HTTPGet: &corev1.HTTPGetAction{
			Path: "/health?token=" + secret, HTTPHeaders: []corev1.HTTPHeader{{Name: "Authorization", Value: "Bearer " + secret}},
		},
	}}
	t.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": `{"password":"` + secret + `"}`, "vault": secret}
	c := &t.Spec.Containers[0]
	c.Env = []corev1.EnvVar{{Name: "DSN", Value: "app:" + secret + "@tcp(db:3306)/shop"}, {Name: "SMTP_PW", Value: secret}, {Name: "GREETING", Value: secret}}
	c.Command, c.Args = []string{"sh", "-c", "run " + secret}, []string{secret}
	c.LivenessProbe, c.ReadinessProbe, c.StartupProbe = probe, probe, probe
	c.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"curl", "-u", secret}}}}
	t.Spec.Volumes = []corev1.Volume{{Name: "vault", VolumeSource: corev1.VolumeSource{
		CSI: &corev1.CSIVolumeSource{Driver: "csi.example.com", VolumeAttributes: map[string]string{"key": secret}},
	}}}
}

func TestAPlanHoldsNoSecretOfATemplate(t *testing.T) {
	for _, line := range []string{"rollback user", "deploy user :1.2", "rollout restart user"} {
		t.Run(line, func(t *testing.T) {
			objects := optest.Updated()
			withSecrets(&objects[0].(*appsv1.Deployment).Spec.Template, "SECRET1")
			withSecrets(&objects[1].(*appsv1.ReplicaSet).Spec.Template, "SECRET0")
			withSecrets(&objects[2].(*appsv1.ReplicaSet).Spec.Template, "SECRET1")
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, objects...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			stored, err := json.Marshal(plan)
			require.NoError(t, err)
			require.NotContains(t, string(stored), "SECRET")
			catalogue, err := messages.Load()
			require.NoError(t, err)
			require.NotContains(t, optest.ShowPlan(catalogue.Printer("en", messages.Plain()), plan), "SECRET")
			require.NotEmpty(t, plan.Diff)
			if line != "rollback user" {
				return
			}
			for _, path := range []string{"env[DSN].value", "env[SMTP_PW].value", "args", "livenessProbe.exec.command", "livenessProbe.httpGet.path",
				"livenessProbe.httpGet.httpHeaders", "lifecycle.preStop.exec.command"} {
				require.Contains(t, plan.Diff, "! spec.containers[user-service]."+path+" (changed)\n")
			}
			require.Contains(t, plan.Diff, "! spec.volumes[vault].csi.volumeAttributes (changed)\n")
			require.Contains(t, plan.Diff, "! metadata.annotations[vault] (changed)\n")
		})
	}
}
