package network

import (
	"context"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// removePolicy removes exactly the version of a policy that was read.
func removePolicy(ctx context.Context, call *k8sops.Call, p *networkingv1.NetworkPolicy, dryRun ...string) error {
	uid, version := p.UID, p.ResourceVersion
	options := metav1.DeleteOptions{DryRun: dryRun, Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}}
	return call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).Delete(ctx, p.Name, options)
}

func createPolicy(ctx context.Context, call *k8sops.Call, p *networkingv1.NetworkPolicy, dryRun ...string) error {
	options := metav1.CreateOptions{DryRun: dryRun, FieldManager: call.FieldManager()}
	_, err := call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).Create(ctx, p.DeepCopy(), options)
	return err
}

// replacePolicy makes the version of a policy that was read be as the saved one.
func replacePolicy(ctx context.Context, call *k8sops.Call, live, p *networkingv1.NetworkPolicy, dryRun ...string) error {
	wanted := p.DeepCopy()
	wanted.UID, wanted.ResourceVersion = live.UID, live.ResourceVersion
	options := metav1.UpdateOptions{DryRun: dryRun, FieldManager: call.FieldManager()}
	_, err := call.Client.Kubernetes.NetworkingV1().NetworkPolicies(call.Namespace).Update(ctx, wanted, options)
	return err
}

// isGone reports whether the object that a target names is not there any more.
func isGone(ctx context.Context, call *k8sops.Call, target k8sops.Target) (bool, error) {
	o, err := kube.Get(ctx, call, target)
	if apierrors.IsNotFound(err) {
		return true, nil
	}
	return err == nil && string(o.GetUID()) != target.UID, err
}

// without are the names of a list that are not in another one.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return slices.Contains(others, name) })
}
