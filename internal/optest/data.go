package optest

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PostgresConfig is the ConfigMap with PostgreSQL's settings.
func PostgresConfig(data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "postgres-config", Namespace: TestNamespace, UID: "config", ResourceVersion: "3"}, Data: data}
}

// Redis is the cache. It may use 256 MiB, and reads its password from the Secret redis-secret.
func Redis() *appsv1.Deployment {
	return Deployment("redis", 1, func(d *appsv1.Deployment) {
		redisContainer(&d.Spec.Template.Spec.Containers[0])
	})
}

// RedisPod is the cache's pod.
func RedisPod() *corev1.Pod {
	pod := ReadyPod("redis")
	redisContainer(&pod.Spec.Containers[1]) // behind a sidecar
	return pod
}

func redisContainer(c *corev1.Container) {
	c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")}
	c.Env = []corev1.EnvVar{{Name: "REDIS_PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "redis-secret"}, Key: "password",
	}}}}
}
