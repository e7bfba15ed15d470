package rollout

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// revisionHistoryAnnotation holds the numbers that a replica set had before it came back.
const revisionHistoryAnnotation = kube.RevisionAnnotation + "-history"

// Revision is one entry of a workload's rollout history.
type Revision struct {
	Number   int64
	Template corev1.PodTemplateSpec
	Created  time.Time
	// Earlier are the numbers that it had before it came back, oldest first, where the controller notes them.
	Earlier []int64
	// Cause is why the revision was made, as kubectl records it.
	Cause string
	// Patch is the strategic merge patch that brings the template back, and nothing else of the workload.
	Patch []byte
}

// Images are the images that the revision runs.
func (r Revision) Images() string { return kube.ImagesOf(&r.Template) }

// RevisionsOf is the history of a workload of the RollingKinds, oldest first. It needs list on replica sets, or on controller
// revisions.
func RevisionsOf(ctx context.Context, call *k8sops.Call, w kube.Workload) (revisions []Revision, err error) {
	if w.Kind == kube.Deployment {
		revisions, err = replicaSetRevisions(ctx, call, w)
	} else {
		revisions, err = controllerRevisions(ctx, call, w)
	}
	slices.SortFunc(revisions, func(a, b Revision) int { return cmp.Compare(a.Number, b.Number) })
	return revisions, k8sops.Explain("history of "+w.Ref(), err)
}

func replicaSetRevisions(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]Revision, error) {
	sets, err := replicaSets(ctx, call, w)
	if err != nil {
		return nil, err
	}
	var revisions []Revision
	for _, set := range sets {
		number := revisionNumber(&set)
		if number == 0 {
			continue // one that the deployment controller has not numbered yet is no revision
		}
		patch, err := replaceTemplate(withoutHash(set.Spec.Template))
		if err != nil {
			return nil, fmt.Errorf("read replica set %s: %w", set.Name, err)
		}
		revisions = append(revisions, Revision{Number: number, Template: set.Spec.Template, Created: set.CreationTimestamp.Time,
			Earlier: earlierNumbers(set.Annotations[revisionHistoryAnnotation]), Cause: set.Annotations[kube.ChangeCause], Patch: patch})
	}
	return revisions, nil
}

// revisionNumber is what the deployment controller wrote on a deployment or a replica set, 0 before it did.
func revisionNumber(o metav1.Object) int64 {
	number, err := strconv.ParseInt(o.GetAnnotations()[kube.RevisionAnnotation], 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// replaceTemplate is the patch that makes a template the workload's: whole, so that what is not in it goes. Controller revisions
// hold the same kind of patch.
func replaceTemplate(template corev1.PodTemplateSpec) ([]byte, error) {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&template)
	if err != nil {
		return nil, err
	}
	fields["$patch"] = "replace"
	return json.Marshal(map[string]any{"spec": map[string]any{"template": fields}})
}

func controllerRevisions(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]Revision, error) {
	list, err := call.Client.Kubernetes.AppsV1().ControllerRevisions(w.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(w.Selector())})
	if err != nil {
		return nil, err
	}
	var revisions []Revision
	for i := range list.Items {
		if r := &list.Items[i]; metav1.IsControlledBy(r, w) {
			revision, err := revisionOf(r)
			if err != nil {
				return nil, err
			}
			revisions = append(revisions, revision)
		}
	}
	return revisions, nil
}

// revisionOf reads what the controllers of stateful and daemon sets keep: a patch that replaces the pod template.
func revisionOf(r *appsv1.ControllerRevision) (Revision, error) {
	var kept struct {
		Spec struct {
			Template corev1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(r.Data.Raw, &kept); err != nil {
		return Revision{}, fmt.Errorf("read controller revision %s: %w", r.Name, err)
	}
	return Revision{Number: r.Revision, Template: kept.Spec.Template, Created: r.CreationTimestamp.Time,
		Cause: r.Annotations[kube.ChangeCause], Patch: r.Data.Raw}, nil
}

// CurrentRevision is the number of the revision that the workload is at or on its way to, among its revisions oldest first; 0 before
// the first rollout. The controllers of stateful and daemon sets give a template that comes back the newest number again.
func CurrentRevision(w kube.Workload, revisions []Revision) int64 {
	if d := w.Deployment(); d != nil {
		return revisionNumber(d)
	}
	if len(revisions) == 0 {
		return 0
	}
	return revisions[len(revisions)-1].Number
}

// newestReplicaSet is the one that has the deployment's own template, which a rollout brings up; nil before the controller made it.
// The revision annotation would not do: the controller writes it only after the replica set.
func newestReplicaSet(ctx context.Context, call *k8sops.Call, w kube.Workload) (*appsv1.ReplicaSet, error) {
	sets, err := replicaSets(ctx, call, w)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if apiequality.Semantic.DeepEqual(withoutHash(set.Spec.Template), *w.Template()) {
			return &set, nil
		}
	}
	return nil, nil
}

// replicaSets are a deployment's own, the oldest first.
func replicaSets(ctx context.Context, call *k8sops.Call, w kube.Workload) ([]appsv1.ReplicaSet, error) {
	list, err := call.Client.Kubernetes.AppsV1().ReplicaSets(w.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(w.Selector())})
	if err != nil {
		return nil, err
	}
	sets := slices.DeleteFunc(list.Items, func(set appsv1.ReplicaSet) bool { return !metav1.IsControlledBy(&set, w) })
	slices.SortFunc(sets, func(a, b appsv1.ReplicaSet) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return sets, nil
}

// withoutHash is a replica set's template without the label by which the controller tells its replica sets apart.
func withoutHash(template corev1.PodTemplateSpec) corev1.PodTemplateSpec {
	template = *template.DeepCopy()
	delete(template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	return template
}
