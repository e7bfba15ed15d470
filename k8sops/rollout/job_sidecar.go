package rollout

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// endedAmongOthers is how the Job's own container ended, where another container of its pod still runs: a proxy that admission has added and
// that never ends. Kubernetes would not call the Job complete before its deadline. nil otherwise. Native sidecars do not count, because
// Kubernetes ends them itself.
func endedAmongOthers(pod *corev1.Pod, container string) *corev1.ContainerStateTerminated {
	ended := kube.ContainerStatus(pod.Status.ContainerStatuses, container).State.Terminated
	if ended == nil {
		return nil
	}
	for _, c := range pod.Status.ContainerStatuses {
		if c.Name != container && c.State.Running != nil {
			return ended
		}
	}
	return nil
}

// outcomeOfContainer is the outcome of a Job whose own container has ended, and whose pod goes on.
func (f *jobFollower) outcomeOfContainer(ctx context.Context, job *batchv1.Job, pod *corev1.Pod, ended *corev1.ContainerStateTerminated) (*JobOutcome, error) {
	o := &JobOutcome{Verdict: JobSucceeded, Began: startOf(job), Ended: ended.FinishedAt.Time}
	if err := f.wholeLog(ctx, o, job, pod); err != nil {
		return nil, err
	}
	if ended.ExitCode != 0 {
		o.Verdict, o.Reason = JobFailed, exitText(ended, []any{"job", messages.Code(f.template.Name)})
	}
	return o, nil
}
