package rollout

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

type ignoredProgress struct{}

func (ignoredProgress) Report(int, int, messages.Text) {}

// Show implements k8sops.Progress.
func (ignoredProgress) Show(messages.Card) {}

func endedJob(kind batchv1.JobConditionType, reason string) *batchv1.Job {
	began := metav1.NewTime(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "load-test-1", Namespace: "shop"},
		Status: batchv1.JobStatus{StartTime: &began, Conditions: []batchv1.JobCondition{
			{Type: batchv1.JobFailureTarget, Status: corev1.ConditionTrue},
			{Type: kind, Status: corev1.ConditionTrue, Reason: reason, Message: "words", LastTransitionTime: metav1.NewTime(began.Add(time.Minute))},
		}},
	}
}

func endedPod(code int32, reason string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "load-test-1-abc", Namespace: "shop", Labels: map[string]string{batchv1.JobNameLabel: "load-test-1"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "load-test"}}},
		Status: corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason}},
		}}},
	}
}

func TestVerdictsOnJobs(t *testing.T) {
	for name, c := range map[string]struct {
		objects []runtime.Object
		verdict JobVerdict
		reason  string
		lines   int
	}{
		"succeeded":        {[]runtime.Object{endedJob(batchv1.JobComplete, ""), endedPod(0, "Completed")}, JobSucceeded, "", 1},
		"no pod left":      {[]runtime.Object{endedJob(batchv1.JobComplete, "")}, JobSucceeded, "", 0},
		"exit code":        {[]runtime.Object{endedJob(batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded), endedPod(99, "Error")}, JobFailed, "k8sops.job.exit", 1},
		"out of memory":    {[]runtime.Object{endedJob(batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded), endedPod(137, "OOMKilled")}, JobFailed, "k8sops.job.out_of_memory", 1},
		"evicted":          {[]runtime.Object{endedJob(batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded)}, JobFailed, "k8sops.job.failed", 0},
		"deadline":         {[]runtime.Object{endedJob(batchv1.JobFailed, batchv1.JobReasonDeadlineExceeded)}, JobDeadline, "k8sops.job.deadline", 0},
		"deleted by hand":  {nil, JobGone, "k8sops.job.gone", 0},
		"pod of other Job": {[]runtime.Object{endedJob(batchv1.JobComplete, ""), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "x", Namespace: "shop"}}}, JobSucceeded, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			call := &k8sops.Call{Namespace: "shop", Client: &k8sops.Client{Kubernetes: fake.NewClientset(c.objects...)}}
			outcome, err := FollowJob(t.Context(), kube.Handbook(), call, "load-test-1", JobTemplate{Name: "load-test", Deadline: time.Minute}, ignoredProgress{})
			require.NoError(t, err)
			require.Equal(t, c.verdict, outcome.Verdict)
			require.Equal(t, c.reason, outcome.Reason.ID)
			require.Len(t, outcome.Log.Lines, c.lines)
			if c.verdict != JobGone {
				require.Equal(t, time.Minute, outcome.Took())
			}
		})
	}
}
