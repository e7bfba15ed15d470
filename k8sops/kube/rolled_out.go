package kube

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"opsbot/messages"
)

// RolledOut reports whether a workload runs its newest template everywhere, as kubectl rollout status does. That one calls a
// deployment done while surplus pods of a scale-down still end; here they count. A job is done when it is complete; a cron job
// always is, since its next job takes what is new.
func (w Workload) RolledOut() (done bool, failed messages.Text) {
	switch o := w.Object.(type) {
	case *batchv1.Job:
		return jobDone(o)
	case *batchv1.CronJob:
		return true, messages.Text{}
	case *appsv1.Deployment:
		// The reason of the condition, by which Kubernetes says that spec.progressDeadlineSeconds have passed.
		if c := ConditionOf(o, appsv1.DeploymentProgressing); w.Observed() && c.Reason == "ProgressDeadlineExceeded" {
			return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(w.Name), "reason", JoinReason(c.Reason, c.Message))
		}
	}
	counts := w.Counts()
	return counts.Current == counts.Desired && w.newestEverywhere(counts), messages.Text{}
}

// newestEverywhere reports whether the pods that serve are of the newest template. Where only a person replaces pods, and of kinds
// that opsbot does not know, any pod counts.
func (w Workload) newestEverywhere(counts Counts) bool {
	if w.OnDelete() {
		return counts.Available >= counts.Desired
	}
	switch o := w.Object.(type) {
	case *appsv1.Deployment:
		return w.Observed() && counts.Updated >= counts.Desired && counts.Available >= counts.Updated
	case *appsv1.StatefulSet:
		return w.Observed() && counts.Ready >= counts.Desired && counts.Updated >= counts.Desired-partition(o)
	case *appsv1.DaemonSet:
		return w.Observed() && counts.Updated >= counts.Desired && counts.Available >= counts.Desired
	}
	return counts.Available >= counts.Desired
}

// partition is the ordinal from which on the pods take a new template.
func partition(set *appsv1.StatefulSet) int {
	if rolling := set.Spec.UpdateStrategy.RollingUpdate; rolling != nil && rolling.Partition != nil {
		return int(*rolling.Partition)
	}
	return 0
}

// ConditionOf is a deployment's condition of that type, empty where there is none.
func ConditionOf(d *appsv1.Deployment, of appsv1.DeploymentConditionType) appsv1.DeploymentCondition {
	for _, c := range d.Status.Conditions {
		if c.Type == of {
			return c
		}
	}
	return appsv1.DeploymentCondition{}
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
			return false, messages.New("k8sops.rollout.failed", "workload", messages.Code(job.Name), "reason", JoinReason(c.Reason, c.Message))
		}
	}
	return false, messages.Text{}
}

// JoinReason is a reason and a message of Kubernetes as one text.
func JoinReason(reason, message string) string {
	if message == "" {
		return reason
	}
	return reason + ": " + message
}
