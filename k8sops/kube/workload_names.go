package kube

import (
	"context"

	"opsbot/k8sops"

	"k8s.io/apimachinery/pkg/labels"
)

// WorkloadNames are the deployments that the client may see, sorted, for choosing from.
func WorkloadNames(ctx context.Context, client *k8sops.Client, namespace string) ([]string, error) {
	deployments, err := ListDeployments(ctx, &k8sops.Call{Client: client, Namespace: namespace}, labels.Everything())
	if err != nil {
		return nil, err
	}
	names := make([]string, len(deployments))
	for i, d := range deployments {
		names[i] = d.Name
	}
	return names, nil
}
