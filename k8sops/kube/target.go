package kube

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/retry"

	"opsbot/k8sops"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// TargetOf remembers an object as it was planned with.
func TargetOf(o Object) (k8sops.Target, error) {
	if w, ok := o.(Workload); ok {
		o = w.Object
	}
	target := k8sops.Target{Name: o.GetName(), UID: string(o.GetUID()), ResourceVersion: o.GetResourceVersion()}
	switch custom, isCustom := o.(*unstructured.Unstructured); {
	case isCustom:
		target.APIVersion, target.Kind = custom.GetAPIVersion(), custom.GetKind()
	default:
		kinds, _, err := scheme.Scheme.ObjectKinds(o)
		if err != nil {
			return target, fmt.Errorf("kind of %s: %w", o.GetName(), err)
		}
		target.Kind = kinds[0].Kind
	}
	mark, err := fingerprint(o)
	target.Fingerprint = mark
	return target, err
}

// The annotations that the deployment controller and kubectl keep the rollout history in.
const (
	RevisionAnnotation = "deployment.kubernetes.io/revision"
	ChangeCause        = "kubernetes.io/change-cause"
)

// fingerprint covers what people and programs want of an object: everything but the status and what the API server and the
// controllers keep of it. The revision annotation is left out too: the deployment controller writes it, a moment after every
// rollout. Of a secret it is the resourceVersion, which only content moves: a hash of a password is half a password.
func fingerprint(o Object) (string, error) {
	if _, isSecret := o.(*corev1.Secret); isSecret {
		return "version " + o.GetResourceVersion(), nil
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return "", fmt.Errorf("fingerprint %s/%s: %w", o.GetNamespace(), o.GetName(), err)
	}
	annotations := map[string]string{}
	for key, value := range o.GetAnnotations() {
		if key != RevisionAnnotation {
			annotations[key] = value
		}
	}
	wanted := map[string]any{"labels": o.GetLabels(), "annotations": annotations}
	for key, value := range fields {
		switch key {
		case "status", "metadata", "kind", "apiVersion":
		default:
			wanted[key] = value
		}
	}
	return digest(wanted)
}

// digest is the SHA-256 of a value as JSON, whose keys are sorted.
func digest(value any) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// TemplateMark tells pod templates apart. A restart in between makes no other template.
func TemplateMark(t corev1.PodTemplateSpec) (string, error) {
	t = *t.DeepCopy()
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	delete(t.Annotations, templatediff.RestartedAt)
	if len(t.Annotations) == 0 {
		t.Annotations = nil
	}
	return digest(t)
}

// CheckTargets reports an Error of code conflict when an object of the plan has changed since. It needs get on the targets'
// resources.
func CheckTargets(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan) error {
	for _, target := range plan.Targets {
		o, err := getSame(ctx, call, target)
		if err != nil {
			return err
		}
		if err := unchanged(call, target, o); err != nil {
			return err
		}
	}
	return nil
}

// getSame reads the target, which must still be the same object.
func getSame(ctx context.Context, call *k8sops.Call, target k8sops.Target) (Object, error) {
	o, err := Get(ctx, call, target)
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, k8sops.Explain("get "+target.Key()+" in "+call.Namespace, err)
	}
	if err != nil || string(o.GetUID()) != target.UID {
		return nil, changedError(call, target)
	}
	return o, nil
}

// unchanged makes sure that o still is what was planned with.
func unchanged(call *k8sops.Call, target k8sops.Target, o Object) error {
	mark, err := fingerprint(o)
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

// OnUnchanged changes a workload with the resourceVersion that was just compared with the plan. Where only the status has
// moved in between, it compares and tries again. A target that is done, when a step is done again, is left as it is.
func OnUnchanged(ctx context.Context, call *k8sops.Call, target k8sops.Target, done func(Workload) bool, change func(Workload) error) error {
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		o, err := getSame(ctx, call, target)
		if err != nil {
			return err
		}
		w, err := Complete(ctx, call, target, WorkloadOf(o))
		if err != nil || done(w) {
			return err
		}
		if err := unchanged(call, target, o); err != nil {
			return err
		}
		return change(w)
	})
}

// OnUnchangedObject is OnUnchanged for an object that is no workload.
func OnUnchangedObject[T Object](ctx context.Context, call *k8sops.Call, target k8sops.Target, done func(T) bool, change func(T) error) error {
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		o, err := getSame(ctx, call, target)
		if err != nil {
			return err
		}
		object, ok := o.(T)
		if !ok {
			return fmt.Errorf("%s is a %T", target.Key(), o)
		}
		if done(object) {
			return nil
		}
		if err := unchanged(call, target, o); err != nil {
			return err
		}
		return change(object)
	})
}

// Complete adds to a workload of a custom kind what its scale subresource says.
func Complete(ctx context.Context, call *k8sops.Call, target k8sops.Target, w Workload) (Workload, error) {
	if target.APIVersion == "" {
		return w, nil
	}
	resource, err := resourceOf(call, target)
	if err != nil {
		return w, err
	}
	w.custom = customObject{resource: resource, scalable: true}
	return readScale(ctx, call, w)
}
