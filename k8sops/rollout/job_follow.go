package rollout

import (
	"context"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// JobVerdict says how a Job ended.
type JobVerdict string

// The verdicts.
const (
	JobSucceeded  JobVerdict = "succeeded"
	JobFailed     JobVerdict = "failed"
	JobDeadline   JobVerdict = "deadline exceeded"
	JobNotStarted JobVerdict = "never started"
	JobGone       JobVerdict = "gone"
)

// JobOutcome is what became of a Job.
type JobOutcome struct {
	Verdict JobVerdict `json:"verdict"`
	// Reason is why it did not succeed, in a sentence.
	Reason messages.Text `json:"reason,omitzero"`
	Began  time.Time     `json:"began,omitzero"`
	Ended  time.Time     `json:"ended,omitzero"`
	// Log is the end of what it printed.
	Log JobLog `json:"-"`
}

// Took is how long the Job ran, 0 where that is not known.
func (o *JobOutcome) Took() time.Duration {
	if o.Began.IsZero() || o.Ended.IsZero() {
		return 0
	}
	return o.Ended.Sub(o.Began)
}

// jobFollower is what is remembered between two looks at a Job.
type jobFollower struct {
	kube.Platform
	call     *k8sops.Call
	template JobTemplate
	progress k8sops.Progress
	stands   obstacleWatch
	// ran: its container was seen running; obstacle is what holds it up before that.
	ran      bool
	obstacle messages.Text
	tail     *JobLog
}

// FollowJob waits until the Job is over, or cannot start, and shows meanwhile what it prints. It is asked about again and again instead
// of being watched: whoever takes over after a restart of opsbot needs nothing but its name.
func FollowJob(ctx context.Context, d kube.Platform, call *k8sops.Call, name string, t JobTemplate, progress k8sops.Progress) (*JobOutcome, error) {
	f := &jobFollower{
		Platform: d, call: call, template: t, progress: progress, tail: &JobLog{},
		stands: obstacleWatch{grace: obstacleGrace, since: map[string]time.Time{}},
	}
	late := d.Now().Add(t.Deadline + time.Minute)
	for {
		outcome, err := f.look(ctx, name)
		if outcome != nil {
			return outcome, nil
		}
		// A rolling API server is no reason to lose sight of it while there is time.
		if err != nil && (k8sops.CodeOf(err) != k8sops.CodeUnavailable || ctx.Err() != nil || d.Now().After(late)) {
			return nil, err
		}
		if err := Sleep(ctx, 2*d.Poll); err != nil {
			return nil, k8sops.Explain("wait for job "+name, err)
		}
	}
}

// look gives the outcome, nil while there is none.
func (f *jobFollower) look(ctx context.Context, name string) (*JobOutcome, error) {
	job, err := f.call.Client.Kubernetes.BatchV1().Jobs(f.call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return &JobOutcome{Verdict: JobGone, Reason: messages.New("k8sops.job.gone", "name", messages.Code(name)), Log: *f.tail}, nil
	}
	if err != nil {
		return nil, k8sops.Explain("get job "+name, err)
	}
	pod, err := f.pod(ctx, name)
	if err != nil {
		return nil, err
	}
	if end := jobEnd(job); end != nil {
		return f.outcome(ctx, job, end, pod)
	}
	return f.underWay(ctx, job, pod)
}

// pod is the Job's newest pod, nil where there is none.
func (f *jobFollower) pod(ctx context.Context, name string) (*corev1.Pod, error) {
	list, err := f.call.Client.Kubernetes.CoreV1().Pods(f.call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=" + name})
	if err != nil {
		return nil, k8sops.Explain("list pods of job "+name, err)
	}
	var newest *corev1.Pod
	for i := range list.Items {
		if pod := &list.Items[i]; newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp) {
			newest = pod
		}
	}
	return newest, nil
}

// underWay reports progress; an outcome comes of it where the Job cannot start without help.
func (f *jobFollower) underWay(ctx context.Context, job *batchv1.Job, pod *corev1.Pod) (*JobOutcome, error) {
	if pod != nil && pod.Status.Phase != corev1.PodPending {
		f.ran = true
		if tail, err := jobLog(ctx, f.call, pod, f.template.Name, tailLines); err == nil { // a container that begins just now has none yet
			f.tail = tail
		}
		if ended := endedAmongOthers(pod, f.template.Name); ended != nil {
			return f.outcomeOfContainer(ctx, job, pod, ended)
		}
		f.progress.Report(0, 0, f.running(job))
		return nil, nil //nolint:nilnil // see look
	}
	obstacle, err := ObstacleOf(ctx, f.call, kube.WorkloadOf(job))
	if err != nil {
		return nil, err
	}
	looks := []rolloutLook{{Workload: kube.WorkloadOf(job), obstacle: obstacle}}
	f.stands.sift(looks, f.Now())
	if !looks[0].failed.IsZero() {
		return &JobOutcome{Verdict: JobNotStarted, Reason: looks[0].failed}, nil
	}
	f.obstacle = looks[0].obstacle.Text
	text := messages.New("k8sops.job.starting", "job", messages.Code(f.template.Name))
	if !f.obstacle.IsZero() {
		text = messages.New("k8sops.job.held_up", "job", messages.Code(f.template.Name), "obstacle", f.obstacle)
	}
	f.progress.Report(0, 0, text)
	return nil, nil //nolint:nilnil // see look
}

// tailLines are looked at while a Job runs.
const tailLines = 50

// running says how long the Job has been running, and what it printed last.
func (f *jobFollower) running(job *batchv1.Job) messages.Text {
	args := []any{"job", messages.Code(f.template.Name), "elapsed", max(0, f.Now().Sub(startOf(job))).Truncate(time.Second), "deadline", f.template.Deadline}
	for _, line := range f.tail.Last(1, maxJobLogBytes) {
		if line = strings.TrimSpace(line); line != "" {
			return messages.New("k8sops.job.running", append(args, "line", messages.Clip(line, 200))...)
		}
	}
	return messages.New("k8sops.job.running_quiet", args...)
}

func startOf(job *batchv1.Job) time.Time {
	if job.Status.StartTime != nil {
		return job.Status.StartTime.Time
	}
	return job.CreationTimestamp.Time
}

// jobEnd is the condition with which the Job is over, nil while it is not.
func jobEnd(job *batchv1.Job) *batchv1.JobCondition {
	for i, c := range job.Status.Conditions {
		if c.Status == corev1.ConditionTrue && (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) {
			return &job.Status.Conditions[i]
		}
	}
	return nil
}

// outcome is that of a Job that is over. What its pod printed is read to the end, so that nothing is missing of the report; a Job whose
// deadline was exceeded has no pod any more, and what was seen last has to do.
func (f *jobFollower) outcome(ctx context.Context, job *batchv1.Job, end *batchv1.JobCondition, pod *corev1.Pod) (*JobOutcome, error) {
	o := &JobOutcome{Verdict: JobSucceeded, Began: startOf(job), Ended: end.LastTransitionTime.Time}
	if err := f.wholeLog(ctx, o, job, pod); err != nil {
		return nil, err
	}
	if end.Type == batchv1.JobComplete {
		return o, nil
	}
	args := []any{"job", messages.Code(f.template.Name)}
	switch {
	case end.Reason == batchv1.JobReasonDeadlineExceeded && !f.ran && !f.obstacle.IsZero():
		o.Verdict, o.Reason = JobNotStarted, f.obstacle
	case end.Reason == batchv1.JobReasonDeadlineExceeded:
		o.Verdict, o.Reason = JobDeadline, messages.New("k8sops.job.deadline", append(args, "deadline", f.template.Deadline)...)
	default:
		o.Verdict, o.Reason = JobFailed, f.exitOf(pod, end, args)
	}
	return o, nil
}

// wholeLog reads what the Job's pod printed; where there is no pod any more, what was seen last has to do.
func (f *jobFollower) wholeLog(ctx context.Context, o *JobOutcome, job *batchv1.Job, pod *corev1.Pod) error {
	o.Log = *f.tail
	if pod == nil || pod.DeletionTimestamp != nil {
		return nil
	}
	log, err := jobLog(ctx, f.call, pod, f.template.Name, 0)
	switch {
	case err == nil:
		o.Log = *log
	case !apierrors.IsNotFound(err) && !apierrors.IsBadRequest(err): // a container that never ran has none
		return k8sops.Explain("read log of job "+job.Name, err)
	}
	return nil
}

// exitOf says how the pod of a failed Job ended, or why Kubernetes calls it failed where there is no pod.
func (f *jobFollower) exitOf(pod *corev1.Pod, end *batchv1.JobCondition, args []any) messages.Text {
	if pod != nil {
		own := kube.ContainerStatus(pod.Status.ContainerStatuses, f.template.Name)
		for _, c := range append([]corev1.ContainerStatus{own}, pod.Status.ContainerStatuses...) {
			if ended := c.State.Terminated; ended != nil && ended.ExitCode != 0 {
				return exitText(ended, args)
			}
		}
	}
	return messages.New("k8sops.job.failed", append(args, "reason", shown(kube.JoinReason(end.Reason, end.Message)))...)
}

func exitText(ended *corev1.ContainerStateTerminated, args []any) messages.Text {
	if ended.Reason == "OOMKilled" {
		return messages.New("k8sops.job.out_of_memory", args...)
	}
	return messages.New("k8sops.job.exit", append(args, "code", int(ended.ExitCode))...)
}
