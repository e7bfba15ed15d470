package rollout

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// A proxy that admission puts in front of the Job's own container is not what is read, and does not keep the Job from being over.
func TestAJobBesideAProxy(t *testing.T) {
	runs := corev1.ContainerStatus{Name: "proxy", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}
	failed := corev1.ContainerStatus{Name: "proxy", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 143}}}
	for name, c := range map[string]struct {
		job     *batchv1.Job
		code    int32
		proxy   corev1.ContainerStatus
		verdict JobVerdict
		reason  string
	}{
		"it goes on after a success": {&batchv1.Job{}, 0, runs, JobSucceeded, ""},
		"it goes on after a failure": {&batchv1.Job{}, 7, runs, JobFailed, "7"},
		"it ended badly, too":        {endedJob(batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded), 7, failed, JobFailed, "7"},
	} {
		t.Run(name, func(t *testing.T) {
			pod := endedPod(c.code, "Error")
			pod.Status.Phase = corev1.PodRunning
			pod.Spec.Containers = []corev1.Container{{Name: "proxy"}, {Name: "load-test"}}
			own := pod.Status.ContainerStatuses[0]
			own.Name = "load-test"
			pod.Status.ContainerStatuses = []corev1.ContainerStatus{c.proxy, own}
			c.job.Name, c.job.Namespace = "load-test-1", "shop"
			client := fake.NewClientset(c.job, pod)
			call := &k8sops.Call{Namespace: "shop", Client: &k8sops.Client{Kubernetes: client}}
			outcome, err := FollowJob(t.Context(), kube.Handbook(), call, "load-test-1", JobTemplate{Name: "load-test", Deadline: time.Minute}, ignoredProgress{})
			require.NoError(t, err)
			require.Equal(t, c.verdict, outcome.Verdict)
			if c.reason != "" {
				require.EqualValues(t, 7, outcome.Reason.Args["code"].N)
			}
			for _, action := range client.Actions() {
				if read, ok := action.(clienttesting.GenericAction); ok && action.GetSubresource() == "log" {
					require.Equal(t, "load-test", read.GetValue().(*corev1.PodLogOptions).Container)
				}
			}
		})
	}
}
