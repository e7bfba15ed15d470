package kube

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/messages"
)

// Counts are a workload's pods: how many there shall be, how many there are, and how many of them are of the newest template,
// ready, and available.
type Counts struct {
	Desired, Current, Updated, Ready, Available int
}

// Counts reads the workload's status. Of a job, ready are the pods that work or have done their work.
func (w Workload) Counts() Counts {
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		s := o.Status
		return Counts{orOne(o.Spec.Replicas), int(s.Replicas), int(s.UpdatedReplicas), int(s.ReadyReplicas), int(s.AvailableReplicas)}
	case *appsv1.StatefulSet:
		s := o.Status
		return Counts{orOne(o.Spec.Replicas), int(s.Replicas), int(s.UpdatedReplicas), int(s.ReadyReplicas), int(s.AvailableReplicas)}
	case *appsv1.DaemonSet:
		s := o.Status
		return Counts{int(s.DesiredNumberScheduled), int(s.CurrentNumberScheduled), int(s.UpdatedNumberScheduled), int(s.NumberReady), int(s.NumberAvailable)}
	case *batchv1.Job:
		return jobCounts(o)
	case *batchv1.CronJob:
		n := len(o.Status.Active)
		return Counts{n, n, n, n, n}
	}
	return w.custom.counts
}

func jobCounts(job *batchv1.Job) Counts {
	desired := orOne(job.Spec.Completions)
	if job.Spec.Completions == nil {
		desired = orOne(job.Spec.Parallelism)
	}
	working := int(job.Status.Succeeded)
	if job.Status.Ready != nil {
		working += int(*job.Status.Ready)
	}
	current := int(job.Status.Active + job.Status.Succeeded)
	return Counts{desired, current, current, working, working}
}

// orOne is a count of a specification; Kubernetes' default is 1.
func orOne(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

// Replicas is how many pods the workload is to have.
func (w Workload) Replicas() int { return w.Counts().Desired }

// readyUpdated is how many pods of the newest template serve.
func (c Counts) readyUpdated() int {
	old := c.Current - c.Updated
	return max(0, c.Available-old)
}

// RolledOut asks kubectl's own rollout status. That one calls a deployment done while surplus pods of a scale-down still
// end; here they count. A job is done when it is complete; a cron job always is, since its next job takes what is new.
func (w Workload) RolledOut() (done bool, failed messages.Text) {
	switch o := w.Object.(type) {
	case *batchv1.Job:
		return jobDone(o)
	case *batchv1.CronJob:
		return true, messages.Text{}
	}
	counts := w.Counts()
	kind := schema.GroupKind{Group: "apps", Kind: w.Kind}
	viewer, err := polymorphichelpers.StatusViewerFor(kind)
	if err != nil || w.custom.known() || w.OnDelete() { // kubectl has nothing to say of these
		return counts.Available >= counts.Desired && counts.Current == counts.Desired, messages.Text{}
	}
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(w.Object)
	if err == nil {
		_, done, err = viewer.Status(&unstructured.Unstructured{Object: object}, 0)
	}
	if err != nil {
		return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(w.Name), "reason", err)
	}
	return done && counts.Current == counts.Desired, messages.Text{}
}

func jobDone(job *batchv1.Job) (done bool, failed messages.Text) {
	for _, c := range job.Status.Conditions {
		if c.Status != corev1.ConditionTrue {
			continue
		}
		switch c.Type {
		case batchv1.JobComplete:
			return true, messages.Text{}
		case batchv1.JobFailed:
			return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(job.Name), "reason", joinReason(c.Reason, c.Message))
		}
	}
	return false, messages.Text{}
}

func (c Counts) String() string { return fmt.Sprintf("%d/%d", c.Ready, c.Desired) }
