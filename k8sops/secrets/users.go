package secrets

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// user is a workload that reads one of some Secrets, in its environment or from a volume.
func users(ctx context.Context, call *k8sops.Call, secrets []string) ([]kube.Workload, error) {
	all, err := kube.List(ctx, call, labels.Everything())
	return slices.DeleteFunc(all, func(w kube.Workload) bool { return !reads(&w.Template().Spec, secrets) }), err
}

func reads(pod *corev1.PodSpec, secrets []string) bool {
	is := func(name string) bool { return slices.Contains(secrets, name) }
	for _, v := range pod.Volumes {
		if v.Secret != nil && is(v.Secret.SecretName) {
			return true
		}
		if v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool { return s.Secret != nil && is(s.Secret.Name) }) {
			return true
		}
	}
	return slices.ContainsFunc(containers(pod), func(c corev1.Container) bool {
		return slices.ContainsFunc(c.EnvFrom, func(e corev1.EnvFromSource) bool { return e.SecretRef != nil && is(e.SecretRef.Name) }) ||
			slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool {
				return e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && is(e.ValueFrom.SecretKeyRef.Name)
			})
	})
}

func containers(pod *corev1.PodSpec) []corev1.Container {
	return slices.Concat(pod.InitContainers, pod.Containers)
}

// byHand names what holds the password and is not changed: settings that are no Secrets, and places in Secrets that only a person can
// judge.
func byHand(ctx context.Context, call *k8sops.Call, all []corev1.Secret, changes []ref, password string) ([]string, error) {
	var found []string
	for i := range all {
		for _, key := range keysOf(&all[i]) {
			if mentions(string(all[i].Data[key]), password) && !slices.Contains(changes, ref{all[i].Name, key}) && !isUser(key) {
				found = append(found, "secret/"+all[i].Name+" "+key)
			}
		}
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	for _, w := range workloads {
		for _, c := range containers(&w.Template().Spec) {
			for _, e := range c.Env {
				if len(password) >= shortest && mentions(e.Value, password) && !isUser(e.Name) {
					found = append(found, w.Ref()+" "+e.Name)
				}
			}
		}
	}
	settings, err := call.Client.Kubernetes.CoreV1().ConfigMaps(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil { // who may not list them is not told of them
		return found, nil
	}
	for i := range settings.Items {
		for key, value := range settings.Items[i].Data {
			if len(password) >= shortest && mentions(value, password) && !isUser(key) {
				found = append(found, "configmap/"+settings.Items[i].Name+" "+key)
			}
		}
	}
	return found, nil
}
