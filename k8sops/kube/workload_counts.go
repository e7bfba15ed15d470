package kube

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
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

// ReadyUpdated is how many pods of the newest template serve.
func (c Counts) ReadyUpdated() int {
	old := c.Current - c.Updated
	return max(0, c.Available-old)
}

func (c Counts) String() string { return fmt.Sprintf("%d/%d", c.Ready, c.Desired) }
