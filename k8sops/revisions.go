package k8sops

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	deploymentutil "k8s.io/kubectl/pkg/util/deployment"
)

// revision is one entry of a deployment's rollout history.
type revision struct {
	Number int64
	Set    *appsv1.ReplicaSet
}

// revisionsOf is the history through kubectl's own code, oldest first. It needs get on deployments and list on replica
// sets.
func revisionsOf(call *Call, name string) ([]revision, error) {
	history, err := polymorphichelpers.HistoryViewerFor(appsv1.SchemeGroupVersion.WithKind("Deployment").GroupKind(), call.Client.Kubernetes)
	if err != nil {
		return nil, explain("history of "+name, err)
	}
	sets, err := history.GetHistory(call.Namespace, name)
	if err != nil {
		return nil, explain("history of "+name, err)
	}
	var revisions []revision
	for _, number := range slices.Sorted(maps.Keys(sets)) {
		if set, ok := sets[number].(*appsv1.ReplicaSet); ok {
			revisions = append(revisions, revision{Number: number, Set: set})
		}
	}
	slices.SortFunc(revisions, func(a, b revision) int { return cmp.Compare(a.Number, b.Number) })
	return revisions, nil
}

func (r revision) cause() string { return r.Set.Annotations[polymorphichelpers.ChangeCauseAnnotation] }

func (r revision) images() string {
	var images []string
	for _, c := range r.Set.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
	}
	return strings.Join(images, ", ")
}

// currentRevision is the number of the running revision, 0 before the first rollout.
func currentRevision(d *appsv1.Deployment) int64 {
	number, err := strconv.ParseInt(d.Annotations[deploymentutil.RevisionAnnotation], 10, 64)
	if err != nil {
		return 0
	}
	return number
}
