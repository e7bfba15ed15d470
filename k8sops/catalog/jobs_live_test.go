package catalog

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/jobs"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// startJobs can run Jobs of every fate.
func startJobs(t *testing.T) *live {
	l := startLive(t, nil)
	for name, change := range map[string]func(*jobs.Job){
		"failing":    func(j *jobs.Job) { j.Image = "load-test:fail" },
		"endless":    func(j *jobs.Job) { j.Image, j.Deadline = "load-test:endless", 10*time.Second },
		"unpullable": func(j *jobs.Job) { j.Image = "load-test:bad" },
		"homeless":   func(j *jobs.Job) { j.ServiceAccount = "nobody" },
		"misspelt":   func(j *jobs.Job) { j.Env = []rollout.JobVariable{{Name: "A=B", Value: "x"}} },
		"silent":     func(j *jobs.Job) { j.Args = []string{"\x01\x02 nothing to report"} },
	} {
		job := testJobs()[0]
		job.Name = name
		change(&job)
		l.deps.Jobs = append(l.deps.Jobs, job)
	}
	l.ops = testCatalog(t, l.deps)
	return l
}

// leavesNothing waits until no Job is left, nor any pod of one.
func (l *live) leavesNothing(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		list, err := l.cluster.Client().BatchV1().Jobs(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=opsbot"})
		require.NoError(t, err)
		pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=opsbot"})
		require.NoError(t, err)
		return len(list.Items)+len(pods.Items) == 0
	}, 20*time.Second, 100*time.Millisecond)
}

func TestLiveALoadTestPassesAndIsCompared(t *testing.T) {
	l := startJobs(t)
	_, plan, result, proof := l.do(t, k8sops.Development, "run load-test")
	require.Equal(t, k8sops.Disruptive, plan.Danger)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.run.first", result.Card.Footer[0].ID)
	l.leavesNothing(t)

	for i := range l.deps.Jobs {
		l.deps.Jobs[i].Args = []string{`report: {"requests": 1200, "p50": 12.5, "p95": 60, "p99": 88, "errors": 0.02}`}
	}
	l.ops = testCatalog(t, l.deps)
	_, _, result, proof = l.do(t, k8sops.System, "run load-test")
	require.True(t, proof.OK)
	shown := shownCard(t, result.Card)
	require.Contains(t, shown, "+50 %", "p95 rose from 40 to 60 ms")
	require.Contains(t, shown, "+100 %")
	require.Contains(t, shown, "development@company.com")

	_, _, result, _ = l.do(t, k8sops.System, "run load-test smoke")
	require.Equal(t, "k8sops.run.first", result.Card.Footer[0].ID, "a profile is compared with itself only")
	kept, err := l.deps.Reports.List(t.Context(), "jobs/test/"+l.namespace+"/load-test/")
	require.NoError(t, err)
	require.Len(t, kept, 6)
	log, err := l.deps.Reports.Open(t.Context(), kept[1].Key)
	require.NoError(t, err)
	defer log.Close()
	text, err := io.ReadAll(log)
	require.NoError(t, err)
	require.Contains(t, string(text), "warming up\nreport: {")
}

func TestLiveAJobThatFailsSaysWhy(t *testing.T) {
	l := startJobs(t)
	for line, want := range map[string]string{
		"run failing": "k8sops.job.exit", "run endless": "k8sops.job.deadline", "run unpullable": "k8sops.rollout.stuck",
	} {
		_, _, result, proof := l.do(t, k8sops.Development, line)
		require.False(t, proof.OK, line)
		require.Equal(t, want, proof.Summary.Args["reason"].Text.ID, line)
		if line != "run unpullable" {
			require.Contains(t, shownCard(t, result.Card), "warming up", "what it printed is shown: %s", line)
		}
	}
	_, _, result, proof := l.do(t, k8sops.Development, "run silent")
	require.True(t, proof.OK)
	require.Equal(t, "k8sops.run.no_report", result.Card.Footer[0].ID)
	l.leavesNothing(t)
}

func TestLiveABrokenJobIsRefusedWhenItIsPlanned(t *testing.T) {
	l := startJobs(t)
	for line, want := range map[string]string{
		"run homeless": "k8sops.job.no_account", "run misspelt": "k8sops.error.invalid", "run endless smok": "k8sops.arg.not_a_choice",
	} {
		op, args, err := cmdline.Parse(l.ops, line)
		if err == nil {
			call := l.call(t, k8sops.Development, line)
			_, err = op.Plan(t.Context(), call)
			require.NotNil(t, args)
		}
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
	call := l.call(t, k8sops.Everyone, "run load-test")
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "the Job is tried as the person who asks")
	l.leavesNothing(t)
}

// under starts a run and waits until its pod runs.
func (l *live) under(ctx context.Context, t *testing.T) (call *k8sops.Call, ended chan error) {
	t.Helper()
	call, ended = l.call(t, k8sops.Development, "run endless"), make(chan error, 1)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	go func() { ended <- optest.Do(ctx, call, plan) }()
	require.Eventually(t, func() bool {
		pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "opsbot.io/job=endless"})
		require.NoError(t, err)
		return len(pods.Items) == 1 && pods.Items[0].Status.Phase == corev1.PodRunning
	}, 20*time.Second, 50*time.Millisecond)
	return call, ended
}

func TestLiveAStoppedRunTakesItsJobWithIt(t *testing.T) {
	l := startJobs(t)
	ctx, stop := context.WithCancel(t.Context())
	_, ended := l.under(ctx, t)
	stop()
	require.Error(t, <-ended)
	l.leavesNothing(t)
}

// Another opsbot goes on with the Job that is there.
func TestLiveARunThatIsHandedOverGoesOnWithTheSameJob(t *testing.T) {
	l := startJobs(t)
	ctx, handOver := context.WithCancelCause(t.Context())
	call, ended := l.under(ctx, t)
	list := func() []batchv1.Job {
		list, err := l.cluster.Client().BatchV1().Jobs(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "opsbot.io/job=endless"})
		require.NoError(t, err)
		return list.Items
	}
	before := list()
	handOver(k8sops.ErrHandOver)
	require.Error(t, <-ended)
	require.Len(t, list(), 1)

	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err, "its own Job is not in the way")
	require.NoError(t, call.Operation.Steps[0].Do(t.Context(), call, plan, &optest.RecordedProgress{}, true))
	require.Equal(t, before[0].UID, list()[0].UID)
	for _, step := range call.Operation.Steps[1:] {
		require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, true))
	}
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.job.deadline", proof.Summary.Args["reason"].Text.ID)
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	require.Equal(t, messages.ToneRunning, result.Card.Tone)
	l.leavesNothing(t)
}
