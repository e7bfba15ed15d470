package kube

import appsv1 "k8s.io/api/apps/v1"

// Replicas is how many replicas the deployment is to have; Kubernetes' default is 1.
func Replicas(d *appsv1.Deployment) int {
	if d.Spec.Replicas == nil {
		return 1
	}
	return int(*d.Spec.Replicas)
}
