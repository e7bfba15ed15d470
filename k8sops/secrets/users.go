package secrets

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// users are the workloads that read one of some Secrets, in its environment or from a volume.
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
	if len(password) < shortest {
		return found, nil // in a text it may be chance
	}
	inEnvironments, err := inEnvironments(ctx, call, password)
	return slices.Concat(found, inEnvironments, inConfigMaps(ctx, call, password)), err
}

// inEnvironments names the variables with the password in plain text.
func inEnvironments(ctx context.Context, call *k8sops.Call, password string) (found []string, err error) {
	workloads, err := kube.List(ctx, call, labels.Everything())
	for _, w := range workloads {
		for _, c := range containers(&w.Template().Spec) {
			for _, e := range c.Env {
				if mentions(e.Value, password) && !isUser(e.Name) {
					found = append(found, w.Ref()+" "+e.Name)
				}
			}
		}
	}
	return found, err
}

// inConfigMaps tells nothing to whom may not list them.
func inConfigMaps(ctx context.Context, call *k8sops.Call, password string) (found []string) {
	settings, err := call.Client.Kubernetes.CoreV1().ConfigMaps(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	for _, m := range settings.Items {
		for _, key := range slices.Sorted(maps.Keys(m.Data)) {
			if mentions(m.Data[key], password) && !isUser(key) {
				found = append(found, "configmap/"+m.Name+" "+key)
			}
		}
	}
	return found
}
