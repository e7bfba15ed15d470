package kube

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
	deploymentutil "k8s.io/kubectl/pkg/util/deployment"

	"opsbot/k8sops"
	"opsbot/messages"
)

// TargetOf remembers a deployment as it was planned with.
func TargetOf(d *appsv1.Deployment) (k8sops.Target, error) {
	mark, err := fingerprint(d)
	return k8sops.Target{
		Kind: "Deployment", Name: d.Name, UID: string(d.UID), ResourceVersion: d.ResourceVersion, Fingerprint: mark,
	}, err
}

// fingerprint covers what people and programs want of the deployment. The revision annotation is left out with the
// status: the deployment controller writes it, a moment after every rollout.
func fingerprint(d *appsv1.Deployment) (string, error) {
	annotations := maps.Clone(d.Annotations)
	delete(annotations, deploymentutil.RevisionAnnotation)
	data, err := json.Marshal(struct {
		Labels, Annotations map[string]string
		Spec                appsv1.DeploymentSpec
	}{d.Labels, annotations, d.Spec})
	if err != nil {
		return "", fmt.Errorf("fingerprint deployment %s/%s: %w", d.Namespace, d.Name, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// templateMark tells pod templates apart. A restart in between makes no other template.
func templateMark(t corev1.PodTemplateSpec) (string, error) {
	t = *t.DeepCopy()
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	delete(t.Annotations, RestartedAt)
	if len(t.Annotations) == 0 {
		t.Annotations = nil
	}
	data, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("mark pod template: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// CheckTargets reports an Error of code conflict when an object of the plan has changed since. It needs get on
// deployments.
func CheckTargets(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan) error {
	for _, target := range plan.Targets {
		d, err := get(ctx, call, target)
		if err != nil {
			return err
		}
		if err := unchanged(call, target, d); err != nil {
			return err
		}
	}
	return nil
}

// get reads the target, which must still be the same object.
func get(ctx context.Context, call *k8sops.Call, target k8sops.Target) (*appsv1.Deployment, error) {
	d, err := call.Client.Kubernetes.AppsV1().Deployments(call.Namespace).Get(ctx, target.Name, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, k8sops.Explain("get deployment "+call.Namespace+"/"+target.Name, err)
	}
	if err != nil || string(d.UID) != target.UID {
		return nil, changedError(call, target)
	}
	return d, nil
}

// unchanged makes sure that d still is what was planned with.
func unchanged(call *k8sops.Call, target k8sops.Target, d *appsv1.Deployment) error {
	mark, err := fingerprint(d)
	if err != nil {
		return err
	}
	if mark != target.Fingerprint {
		return changedError(call, target)
	}
	return nil
}

func changedError(call *k8sops.Call, target k8sops.Target) error {
	return &k8sops.Error{
		Code:    k8sops.CodeConflict,
		Message: messages.New("k8sops.target.changed", "workload", messages.Code(target.Name)),
		Hint:    messages.New("k8sops.target.changed_hint"),
		Suggest: []string{k8sops.Canonical(call.Operation, call.Args)},
	}
}

// OnUnchanged changes a target with the resourceVersion that was just compared with the plan. Where only the status has
// moved in between, it compares and tries again. A target that is done, when a step is done again, is left as it is.
func OnUnchanged(ctx context.Context, call *k8sops.Call, target k8sops.Target, done func(*appsv1.Deployment) bool, change func(*appsv1.Deployment) error) error {
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		d, err := get(ctx, call, target)
		if err != nil || done(d) {
			return err
		}
		if err := unchanged(call, target, d); err != nil {
			return err
		}
		return change(d)
	})
}
