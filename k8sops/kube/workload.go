package kube

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/k8sops"
)

// Kubernetes' own kinds of workload.
const (
	Deployment  = "Deployment"
	StatefulSet = "StatefulSet"
	DaemonSet   = "DaemonSet"
	Job         = "Job"
	CronJob     = "CronJob"
)

// Scalable among the kinds of an operation stands for every kind with a scale subresource.
const Scalable = "scale"

// RollingKinds are the kinds that kubectl rollout knows: a change of their pod template is rolled out, and kept as a revision.
func RollingKinds() []string { return []string{Deployment, StatefulSet, DaemonSet} }

// ListWorkloads is the access of every operation that finds workloads by name.
func ListWorkloads() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: "apps", Resource: "deployments"},
		{Verb: "list", Group: "apps", Resource: "statefulsets"},
		{Verb: "list", Group: "apps", Resource: "daemonsets"},
		{Verb: "list", Group: "batch", Resource: "jobs"},
		{Verb: "list", Group: "batch", Resource: "cronjobs"},
	}
}

// Object is any object of the API, as its client reads it.
type Object interface {
	metav1.Object
	runtime.Object
}

// Workload is something that owns pods: one of Kubernetes' own kinds, an object with a scale subresource, or whatever else pods
// name as their controller.
type Workload struct {
	Object
	Kind string
	Name string
	// line is how command lines name it, "" where that is not known.
	line string
	// custom is what is known of an object that is not of Kubernetes' own kinds.
	custom customObject
}

// WorkloadOf wraps an object as its client reads it: without a kind, which Kubernetes leaves out of its own.
func WorkloadOf(o Object) Workload {
	w := Workload{Object: o, Name: o.GetName()}
	switch o := o.(type) {
	case *appsv1.Deployment:
		w.Kind = Deployment
	case *appsv1.StatefulSet:
		w.Kind = StatefulSet
	case *appsv1.DaemonSet:
		w.Kind = DaemonSet
	case *batchv1.Job:
		w.Kind = Job
	case *batchv1.CronJob:
		w.Kind = CronJob
	case *unstructured.Unstructured:
		w.Kind = o.GetKind()
	}
	return w
}

// Ref is the workload as kubectl names it: "statefulset/ledger".
func (w Workload) Ref() string { return strings.ToLower(w.Kind) + "/" + w.Name }

// Line is the workload as a command line names it: by its name, or with the kind in front where another one has the same name.
func (w Workload) Line() string {
	switch {
	case w.line != "":
		return w.line
	case w.Kind == Deployment:
		return w.Name
	}
	return w.Ref()
}

// Key tells workloads apart, as Target.Key does: "StatefulSet/ledger".
func (w Workload) Key() string { return w.Kind + "/" + w.Name }

// Deployment is the deployment that the workload is, nil where it is something else.
func (w Workload) Deployment() *appsv1.Deployment {
	d, _ := w.Object.(*appsv1.Deployment)
	return d
}

// APIVersion is the group and version of the workload's kind: "apps/v1".
func (w Workload) APIVersion() string {
	switch o := w.Object.(type) {
	case *unstructured.Unstructured:
		return o.GetAPIVersion()
	case *batchv1.Job, *batchv1.CronJob:
		return batchv1.SchemeGroupVersion.String()
	}
	return appsv1.SchemeGroupVersion.String()
}

// Template is the pod template, nil where there is none to be known.
func (w Workload) Template() *corev1.PodTemplateSpec {
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	case *batchv1.Job:
		return &o.Spec.Template
	case *batchv1.CronJob:
		return &o.Spec.JobTemplate.Spec.Template
	}
	return nil
}

// Selector selects the workload's pods, nil where labels do not tell them.
func (w Workload) Selector() *metav1.LabelSelector {
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		return o.Spec.Selector
	case *appsv1.StatefulSet:
		return o.Spec.Selector
	case *appsv1.DaemonSet:
		return o.Spec.Selector
	case *batchv1.Job:
		return o.Spec.Selector
	}
	return nil
}

// Images are the images of the workload's containers, as one text.
func (w Workload) Images() string {
	template := w.Template()
	if template == nil {
		return ""
	}
	return ImagesOf(template)
}

// ImagesOf are the images of a pod template's containers, as one text.
func ImagesOf(template *corev1.PodTemplateSpec) string {
	var images []string
	for _, c := range template.Spec.Containers {
		images = append(images, c.Image)
	}
	return strings.Join(images, ", ")
}

// Paused reports whether the workload's rollout stands still because somebody paused it.
func (w Workload) Paused() bool {
	d := w.Deployment()
	return d != nil && d.Spec.Paused
}

// Observed reports whether the controller has seen the workload's latest change, before which its status says nothing.
func (w Workload) Observed() bool {
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		return o.Status.ObservedGeneration >= o.Generation
	case *appsv1.StatefulSet:
		return o.Status.ObservedGeneration >= o.Generation && o.Status.ObservedGeneration > 0
	case *appsv1.DaemonSet:
		return o.Status.ObservedGeneration >= o.Generation
	}
	return true
}

// OnDelete reports whether pods take a new template only when somebody deletes them.
func (w Workload) OnDelete() bool {
	switch o := w.Object.(type) {
	case *appsv1.StatefulSet:
		return o.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType
	case *appsv1.DaemonSet:
		return o.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType
	}
	return false
}

// WorkloadNames are the workloads that the client may see, sorted, for choosing from.
func WorkloadNames(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	workloads, err := List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, w := range workloads {
		if w.worksWith(call.Operation) {
			names = append(names, w.Line())
		}
	}
	return k8sops.Choices(names...), nil
}
