package logs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

func userPodWith(pod *corev1.Pod, containers ...string) *corev1.Pod {
	more := userPod(pod.Name, time.Hour, containers...)
	pod.Spec.Containers = append(pod.Spec.Containers, more.Spec.Containers...)
	pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, more.Status.ContainerStatuses...)
	return pod
}

// crashed: the run before ended so long ago.
func crashed(pod *corev1.Pod, ago time.Duration) *corev1.Pod {
	pod.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		ExitCode: 137, Reason: "OOMKilled", FinishedAt: metav1.NewTime(optest.TestNow().Add(-ago)), StartedAt: metav1.NewTime(optest.TestNow().Add(-ago - time.Minute)),
	}
	return pod
}

func waiting(pod *corev1.Pod) *corev1.Pod {
	pod.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	return pod
}

// richPod has an init container that ended, a native sidecar, two containers and one that somebody added.
func richPod() *corev1.Pod {
	always := corev1.ContainerRestartPolicyAlways
	pod := userPod("user-a", time.Hour, "app", "proxy")
	pod.Spec.InitContainers = []corev1.Container{{Name: "migrate"}, {Name: "shipper", RestartPolicy: &always}}
	pod.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{
		{Name: "migrate", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 0}}}, {Name: "shipper", State: running(time.Hour)},
	}
	return pod
}

func TestWhichContainersAreMeant(t *testing.T) {
	failing := richPod()
	failing.Status.InitContainerStatuses[0].State.Terminated.ExitCode = 1
	annotated := richPod()
	annotated.Annotations = map[string]string{kube.DefaultContainerAnnotation: "app"}
	elsewhere := richPod()
	elsewhere.Annotations = map[string]string{kube.DefaultContainerAnnotation: "gone"}
	for name, c := range map[string]struct {
		pod       *corev1.Pod
		container string
		want      []string
		passed    []string
	}{
		"all that serve":                {richPod(), "", []string{"app", "proxy", "shipper"}, []string{"debug"}},
		"an init container that failed": {failing, "", []string{"app", "proxy", "migrate", "shipper"}, []string{"debug"}},
		"the default":                   {annotated, "", []string{"app"}, []string{"proxy", "shipper", "debug"}},
		"a default that is not there":   {elsewhere, "", []string{"app", "proxy", "shipper"}, []string{"debug"}},
		"a sidecar by name":             {annotated, "shipper", []string{"shipper"}, nil},
		"an init container by name":     {annotated, "migrate", []string{"migrate"}, nil},
		"every one":                     {annotated, "all", []string{"app", "proxy", "migrate", "shipper", "debug"}, nil},
		"none of this name":             {annotated, "web", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			sources, passed := logSources([]corev1.Pod{*c.pod}, logsArgs{Container: c.container, Since: time.Minute}, optest.TestNow())
			var got []string
			for _, s := range sources {
				got = append(got, s.container)
				require.Equal(t, "user-a/"+s.container, s.label)
			}
			require.Equal(t, c.want, got)
			require.Equal(t, c.passed, passed)
		})
	}
}

func TestARunThatCrashedIsReadToo(t *testing.T) {
	for name, c := range map[string]struct {
		pod      *corev1.Pod
		previous bool
		want     []string
	}{
		"it never crashed":            {userPod("a", time.Hour, "app"), false, []string{"a"}},
		"it crashed a minute ago":     {crashed(userPod("a", time.Minute, "app"), time.Minute), false, []string{"a (previous)", "a"}},
		"it crashed long ago":         {crashed(userPod("a", time.Hour, "app"), time.Hour), false, []string{"a"}},
		"it waits after a crash":      {waiting(crashed(userPod("a", 0, "app"), time.Minute)), false, []string{"a (previous)"}},
		"it waits for its first run":  {waiting(userPod("a", 0, "app")), false, []string{"a"}},
		"only the run before counts":  {crashed(userPod("a", time.Minute, "app"), time.Minute), true, []string{"a (previous)"}},
		"nothing is known of the run": {userPod("a", time.Hour, "app"), true, []string{"a (previous)"}},
	} {
		t.Run(name, func(t *testing.T) {
			sources, _ := logSources([]corev1.Pod{*c.pod}, logsArgs{Previous: c.previous, Since: 15 * time.Minute}, optest.TestNow())
			var labels []string
			for _, s := range sources {
				labels = append(labels, s.label)
			}
			require.Equal(t, c.want, labels)
		})
	}
}

func TestACrashHasAHeadingOfItsOwn(t *testing.T) {
	k := &kubelet{logs: map[string][]string{
		"user-a/app":          {stamped(50*time.Second, "INFO starting")},
		"user-a/app/previous": {stamped(80*time.Second, "INFO working"), stamped(time.Minute, "FATAL out of memory")},
	}}
	result, err := answer(t, kubeletCall(t, k, "logs user", crashed(userPod("user-a", 50*time.Second, "app"), time.Minute)))
	require.NoError(t, err)
	optest.Golden(t, "logs-crashed", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

// The time asked for is the time before the run ended: a crash of an hour ago is found without a longer --since.
func TestTheRunBeforeIsReadUpToItsEnd(t *testing.T) {
	k := &kubelet{logs: map[string][]string{"user-a/app/previous": {stamped(time.Hour, "FATAL lost the database")}}}
	result, err := answer(t, kubeletCall(t, k, "logs user --previous", crashed(userPod("user-a", time.Hour, "app"), time.Hour)))
	require.NoError(t, err)
	require.Contains(t, allOf(t, result.Card), "FATAL lost the database")
	require.Contains(t, allOf(t, result.Card), "k8sops.logs.read_previous")
}

func TestAContainerThatIsNotThereIsRefusedWithThoseThatAre(t *testing.T) {
	_, err := answer(t, kubeletCall(t, &kubelet{}, "logs user --container web", richPod()))
	require.Equal(t, k8sops.CodeInvalid, k8sops.CodeOf(err))
	require.Equal(t, "k8sops.logs.no_container", optest.MessageID(t, err))
}
