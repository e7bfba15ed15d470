package kube

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/messages"
)

// CacheContainer is a container in which Redis runs, with the pod that it is of.
type CacheContainer struct {
	Container
	Spec corev1.Container
}

// CacheContainers are where the platform's Redis runs: a container in each pod that serves, the pods sorted by name. It needs the
// access of ListWorkloads and list on pods.
func (d Platform) CacheContainers(ctx context.Context, call *k8sops.Call) ([]CacheContainer, error) {
	if d.Cache.Workload == "" {
		return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.cache.none"), Hint: messages.New("k8sops.cache.none_hint")}
	}
	pods, err := d.cachePods(ctx, call)
	if err != nil {
		return nil, err
	}
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool { return pod.DeletionTimestamp != nil || !PodReady(&pod) })
	if len(pods) == 0 {
		return nil, &k8sops.Error{
			Code:    k8sops.CodeUnavailable,
			Message: messages.New("k8sops.cache.no_pod", "cache", messages.Code(call.Namespace+"/"+d.Cache.Workload)),
			Suggest: []string{"status " + d.Cache.Workload},
		}
	}
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	found := make([]CacheContainer, len(pods))
	for i := range pods {
		if found[i], err = cacheContainer(call.Namespace, &pods[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (d Platform) cachePods(ctx context.Context, call *k8sops.Call) ([]corev1.Pod, error) {
	workloads, err := List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	var pods []corev1.Pod
	for _, w := range workloads {
		if !d.Cache.Is(w) {
			continue
		}
		more, err := PodsOf(ctx, call, w)
		if err != nil {
			return nil, err
		}
		pods = append(pods, more...)
	}
	return pods, nil
}

func cacheContainer(namespace string, pod *corev1.Pod) (CacheContainer, error) {
	name := chooseContainer(pod, "", servesRedis)
	for _, c := range pod.Spec.Containers {
		if c.Name == name {
			return CacheContainer{Container{namespace, pod.Name, name, pod.Status.PodIP}, c}, nil
		}
	}
	return CacheContainer{}, &k8sops.Error{Code: k8sops.CodeUnavailable,
		Message: messages.New("k8sops.cache.which_container", "pod", messages.Code(pod.Name), "containers", strings.Join(containerNames(pod), ", ")),
		Hint:    messages.New("k8sops.cache.which_container_hint")}
}

// servesRedis recognises a Redis server: it listens on 6379, or its image or name is one of the usual ones.
func servesRedis(c corev1.Container) bool {
	for _, port := range c.Ports {
		if port.ContainerPort == 6379 {
			return true
		}
	}
	usual := []string{"redis", "valkey", "redis-stack-server", "keydb"}
	return slices.Contains(usual, repositoryName(c.Image)) || slices.Contains(usual, c.Name)
}
