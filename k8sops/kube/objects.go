package kube

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
)

// Kinds of object that plans change besides workloads.
const (
	HorizontalPodAutoscaler = "HorizontalPodAutoscaler"
	Service                 = "Service"
	Secret                  = "Secret"
	ConfigMap               = "ConfigMap"
	NetworkPolicy           = "NetworkPolicy"
	PersistentVolumeClaim   = "PersistentVolumeClaim"
)

// Get reads the object that a target names, whichever has that name now. It needs get on the target's resource.
func Get(ctx context.Context, call *k8sops.Call, target k8sops.Target) (Object, error) {
	api, namespace, options := call.Client.Kubernetes, call.Namespace, metav1.GetOptions{}
	switch target.Kind {
	case Deployment:
		return api.AppsV1().Deployments(namespace).Get(ctx, target.Name, options)
	case StatefulSet:
		return api.AppsV1().StatefulSets(namespace).Get(ctx, target.Name, options)
	case DaemonSet:
		return api.AppsV1().DaemonSets(namespace).Get(ctx, target.Name, options)
	case Job:
		return api.BatchV1().Jobs(namespace).Get(ctx, target.Name, options)
	case CronJob:
		return api.BatchV1().CronJobs(namespace).Get(ctx, target.Name, options)
	case HorizontalPodAutoscaler:
		return api.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, target.Name, options)
	case Service:
		return api.CoreV1().Services(namespace).Get(ctx, target.Name, options)
	case Secret:
		return api.CoreV1().Secrets(namespace).Get(ctx, target.Name, options)
	case ConfigMap:
		return api.CoreV1().ConfigMaps(namespace).Get(ctx, target.Name, options)
	case NetworkPolicy:
		return api.NetworkingV1().NetworkPolicies(namespace).Get(ctx, target.Name, options)
	case PersistentVolumeClaim:
		return api.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, target.Name, options)
	}
	return getCustom(ctx, call, target)
}

// Patch patches a workload as the calling person, and gives it as the API server answers. With dryRun nothing is changed. The
// scale subresource of a workload answers with a scale, which is dropped.
func Patch(ctx context.Context, call *k8sops.Call, w Workload, kind types.PatchType, patch []byte, dryRun []string, subresources ...string) (Workload, error) {
	apps, namespace := call.Client.Kubernetes.AppsV1(), w.GetNamespace()
	options := metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()}
	var o Object
	var err error
	switch w.Kind {
	case Deployment:
		o, err = apps.Deployments(namespace).Patch(ctx, w.Name, kind, patch, options, subresources...)
	case StatefulSet:
		o, err = apps.StatefulSets(namespace).Patch(ctx, w.Name, kind, patch, options, subresources...)
	case DaemonSet:
		o, err = apps.DaemonSets(namespace).Patch(ctx, w.Name, kind, patch, options, subresources...)
	case CronJob:
		o, err = call.Client.Kubernetes.BatchV1().CronJobs(namespace).Patch(ctx, w.Name, kind, patch, options, subresources...)
	default:
		if call.Client.Dynamic == nil || !w.custom.known() {
			return Workload{}, fmt.Errorf("patch %s: no client for %s", w.Ref(), w.Kind)
		}
		o, err = call.Client.Dynamic.Resource(w.custom.resource).Namespace(namespace).Patch(ctx, w.Name, kind, patch, options, subresources...)
	}
	if err != nil {
		return Workload{}, err
	}
	return WorkloadOf(o), nil
}

// PinnedVersion is the resourceVersion that a patch carries. A dry run carries none: it overwrites nothing, and in an
// incident the status of a workload moves all the time.
func PinnedVersion(o metav1.Object, dryRun []string) any {
	if len(dryRun) > 0 {
		return nil
	}
	return o.GetResourceVersion()
}
