package runbooks

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// deleteWorkload deletes exactly what was read: the version and the object itself, not whatever has its name by now.
func deleteWorkload(ctx context.Context, call *k8sops.Call, w kube.Workload, dryRun ...string) error {
	foreground, uid, version := metav1.DeletePropagationForeground, w.GetUID(), w.GetResourceVersion()
	options := metav1.DeleteOptions{DryRun: dryRun, PropagationPolicy: &foreground, Preconditions: &metav1.Preconditions{UID: &uid}}
	if len(dryRun) == 0 {
		options.Preconditions.ResourceVersion = &version
	}
	apps := call.Client.Kubernetes.AppsV1()
	switch w.Kind {
	case kube.Deployment:
		return apps.Deployments(call.Namespace).Delete(ctx, w.Name, options)
	case kube.DaemonSet:
		return apps.DaemonSets(call.Namespace).Delete(ctx, w.Name, options)
	}
	return fmt.Errorf("%s is not deleted", w.Key())
}

// nameList is the beginning of a list of names.
func nameList(names []string) string {
	const most = 10
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
