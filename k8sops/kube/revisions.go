package kube

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	deploymentutil "k8s.io/kubectl/pkg/util/deployment"
)

// Revision is one entry of a deployment's rollout history.
type Revision struct {
	Number int64
	Set    *appsv1.ReplicaSet
}

// RevisionsOf is the history through kubectl's own code, oldest first. It needs get on deployments and list on replica
// sets.
func RevisionsOf(call *k8sops.Call, name string) ([]Revision, error) {
	history, err := polymorphichelpers.HistoryViewerFor(appsv1.SchemeGroupVersion.WithKind("Deployment").GroupKind(), call.Client.Kubernetes)
	if err != nil {
		return nil, k8sops.Explain("history of "+name, err)
	}
	sets, err := history.GetHistory(call.Namespace, name)
	if err != nil {
		return nil, k8sops.Explain("history of "+name, err)
	}
	var revisions []Revision
	for _, number := range slices.Sorted(maps.Keys(sets)) {
		if set, ok := sets[number].(*appsv1.ReplicaSet); ok {
			revisions = append(revisions, Revision{Number: number, Set: set})
		}
	}
	slices.SortFunc(revisions, func(a, b Revision) int { return cmp.Compare(a.Number, b.Number) })
	return revisions, nil
}

// Cause is why the revision was made, as kubectl records it.
func (r Revision) Cause() string { return r.Set.Annotations[polymorphichelpers.ChangeCauseAnnotation] }

// Images are the images that the revision runs.
func (r Revision) Images() string {
	var images []string
	for _, c := range r.Set.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
	}
	return strings.Join(images, ", ")
}

// CurrentRevision is the number of the running revision, 0 before the first rollout.
func CurrentRevision(d *appsv1.Deployment) int64 {
	number, err := strconv.ParseInt(d.Annotations[deploymentutil.RevisionAnnotation], 10, 64)
	if err != nil {
		return 0
	}
	return number
}
