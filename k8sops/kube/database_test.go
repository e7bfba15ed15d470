package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/workload"
)

func databasePod(name string, labels map[string]string, containers ...corev1.Container) *corev1.Pod {
	pod := optest.ReadyPod(name)
	pod.Name, pod.Labels, pod.Spec.Containers = name, labels, containers
	return pod
}

func container(name, image string, port int32) corev1.Container {
	c := corev1.Container{Name: name, Image: image}
	if port > 0 {
		c.Ports = []corev1.ContainerPort{{ContainerPort: port}}
	}
	return c
}

// The database is found by what it is, whichever kind runs it, and never by the order of pods or containers.
func TestDatabaseContainer(t *testing.T) {
	app := map[string]string{"app": "pg"}
	sidecar, server := container("metrics", "quay.io/prometheuscommunity/postgres-exporter:v0.15", 9187), container("main", "docker.io/library/postgres:16", 0)
	owned := func(name, role string) *corev1.Pod {
		controller := true
		pod := databasePod(name, map[string]string{"cnpg.io/cluster": "pg", "cnpg.io/instanceRole": role}, sidecar, server)
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "postgresql.cnpg.io/v1", Kind: "Cluster", Name: "pg", UID: "c1", Controller: &controller}}
		return pod
	}
	annotated := databasePod("pg-0", app, sidecar, container("db", "private/db:1", 0))
	annotated.Annotations = map[string]string{"kubectl.kubernetes.io/default-container": "db"}
	for name, c := range map[string]struct {
		database kube.Database
		objects  []runtime.Object
		want     kube.Container
		failure  string
	}{
		"stateful set":     {kube.Database{Workload: "pg"}, []runtime.Object{optest.StatefulSet("pg", 1), databasePod("pg-0", app, sidecar, server)}, kube.Container{Pod: "pg-0", Name: "main"}, ""},
		"deployment":       {kube.Database{Workload: "deployment/pg"}, []runtime.Object{optest.Deployment("pg", 1), databasePod("pg-0", app, sidecar, container("x", "private/db:1", 5432))}, kube.Container{Pod: "pg-0", Name: "x"}, ""},
		"other kind":       {kube.Database{Workload: "deployment/pg"}, []runtime.Object{optest.StatefulSet("pg", 1), databasePod("pg-0", app, server)}, kube.Container{}, "k8sops.database.other_kind"},
		"operator":         {kube.Database{Workload: "pg"}, []runtime.Object{owned("pg-1", "replica"), owned("pg-2", "primary")}, kube.Container{Pod: "pg-2", Name: "main"}, ""},
		"labels":           {kube.Database{Workload: "pg", Selector: "cnpg.io/instanceRole=primary"}, []runtime.Object{owned("pg-1", "replica"), owned("pg-2", "primary")}, kube.Container{Pod: "pg-2", Name: "main"}, ""},
		"two without role": {kube.Database{Workload: "pg"}, []runtime.Object{owned("pg-1", ""), owned("pg-2", "")}, kube.Container{}, "k8sops.database.which_pod"},
		"annotation":       {kube.Database{Workload: "pg"}, []runtime.Object{optest.StatefulSet("pg", 1), annotated}, kube.Container{Pod: "pg-0", Name: "db"}, ""},
		"configured":       {kube.Database{Workload: "pg", Container: "metrics"}, []runtime.Object{optest.StatefulSet("pg", 1), annotated}, kube.Container{Pod: "pg-0", Name: "metrics"}, ""},
		"unknown": {kube.Database{Workload: "pg"}, []runtime.Object{optest.StatefulSet("pg", 1), databasePod("pg-0", app, container("a", "x:1", 0), container("b", "y:1", 0))},
			kube.Container{}, "k8sops.database.which_container"},
		"not there": {kube.Database{Workload: "pg", Container: "gone"}, []runtime.Object{optest.StatefulSet("pg", 1), databasePod("pg-0", app, server)}, kube.Container{}, "k8sops.database.which_container"},
	} {
		t.Run(name, func(t *testing.T) {
			p := optest.TestPlatform()
			p.Database = c.database
			call, _ := optest.NewCall(t, workload.Operations(p), "rollout pg", c.objects...)
			found, err := p.DatabaseContainer(t.Context(), call)
			if c.failure != "" {
				require.Equal(t, c.failure, optest.MessageID(t, err))
				return
			}
			require.NoError(t, err)
			c.want.Namespace = optest.TestNamespace
			require.Equal(t, c.want, found)
		})
	}
}
