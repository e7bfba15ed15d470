package workload

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/optest"
)

// The container whose image is deployed is named, and never the first by position.
func TestTheContainerToDeploy(t *testing.T) {
	for name, c := range map[string]struct {
		line, annotation string
		containers       []string
		want, failure    string
	}{
		"a proxy first":               {"deploy user :2", "", []string{"proxy", "user-service"}, "user-service", ""},
		"named by the annotation":     {"deploy user :2", "web", []string{"proxy", "user-service", "web"}, "web", ""},
		"an annotation of another":    {"deploy user :2", "gone", []string{"proxy", "user-service"}, "user-service", ""},
		"asked for":                   {"deploy user :2 --container proxy", "web", []string{"proxy", "web"}, "proxy", ""},
		"the only one":                {"deploy user :2", "", []string{"app"}, "app", ""},
		"unclear":                     {"deploy user :2", "", []string{"a", "b"}, "", "k8sops.deploy.which_container"},
		"misspelt":                    {"deploy user :2 --container usr", "", []string{"user-service"}, "", "k8sops.deploy.no_container"},
		"an init container asked for": {"deploy user :2 --container migrate", "", []string{"user-service"}, "", "k8sops.deploy.init_container"},
	} {
		t.Run(name, func(t *testing.T) {
			d := optest.Deployment("user-service", 3)
			template := &d.Spec.Template
			template.Spec.InitContainers = []corev1.Container{{Name: "migrate", Image: "migrate:1"}}
			template.Spec.Containers = nil
			for _, container := range c.containers {
				template.Spec.Containers = append(template.Spec.Containers, corev1.Container{Name: container, Image: container + ":1"})
			}
			if c.annotation != "" {
				template.Annotations = map[string]string{"kubectl.kubernetes.io/default-container": c.annotation}
			}
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), c.line, d)
			plan, err := call.Operation.Plan(t.Context(), call)
			if c.failure != "" {
				require.Equal(t, c.failure, optest.MessageID(t, err))
				return
			}
			require.NoError(t, err)
			require.Contains(t, plan.Diff, "spec.containers["+c.want+"].image: "+c.want+":2")
		})
	}
}
