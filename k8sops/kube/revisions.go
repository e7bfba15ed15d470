package kube

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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	deploymentutil "k8s.io/kubectl/pkg/util/deployment"

	"opsbot/k8sops"
)

// Revision is one entry of a workload's rollout history.
type Revision struct {
	Number   int64
	Template corev1.PodTemplateSpec
	Created  time.Time
	// Cause is why the revision was made, as kubectl records it.
	Cause string
	// Patch is the strategic merge patch that brings it back; nil of a deployment, whose revisions are replica sets.
	Patch []byte
}

// Images are the images that the revision runs.
func (r Revision) Images() string { return ImagesOf(&r.Template) }

// RevisionsOf is the history of a workload of the RollingKinds, oldest first. It needs list on replica sets, or on controller
// revisions.
func RevisionsOf(ctx context.Context, call *k8sops.Call, w Workload) (revisions []Revision, err error) {
	if w.Kind == Deployment {
		revisions, err = replicaSetRevisions(ctx, call, w)
	} else {
		revisions, err = controllerRevisions(ctx, call, w)
	}
	slices.SortFunc(revisions, func(a, b Revision) int { return cmp.Compare(a.Number, b.Number) })
	return revisions, k8sops.Explain("history of "+w.Ref(), err)
}

func replicaSetRevisions(ctx context.Context, call *k8sops.Call, w Workload) ([]Revision, error) {
	list, err := call.Client.Kubernetes.AppsV1().ReplicaSets(w.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(w.Selector())})
	if err != nil {
		return nil, err
	}
	var revisions []Revision
	for i := range list.Items {
		set := &list.Items[i]
		number, err := deploymentutil.Revision(set)
		if err != nil || !metav1.IsControlledBy(set, w) {
			continue // one that the deployment controller has not numbered yet is no revision
		}
		revisions = append(revisions, Revision{Number: number, Template: set.Spec.Template, Created: set.CreationTimestamp.Time,
			Cause: set.Annotations[polymorphichelpers.ChangeCauseAnnotation]})
	}
	return revisions, nil
}

func controllerRevisions(ctx context.Context, call *k8sops.Call, w Workload) ([]Revision, error) {
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
		Cause: r.Annotations[polymorphichelpers.ChangeCauseAnnotation], Patch: r.Data.Raw}, nil
}

// CurrentRevision is the number of the revision that the workload is at or on its way to, among its revisions oldest first; 0 before
// the first rollout. The controllers of stateful and daemon sets give a template that comes back the newest number again.
func CurrentRevision(w Workload, revisions []Revision) int64 {
	if d := w.Deployment(); d != nil {
		number, err := strconv.ParseInt(d.Annotations[deploymentutil.RevisionAnnotation], 10, 64)
		if err != nil {
			return 0
		}
		return number
	}
	if len(revisions) == 0 {
		return 0
	}
	return revisions[len(revisions)-1].Number
}
