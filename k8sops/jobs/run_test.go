package jobs

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/artifacts"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

func testDeps(t *testing.T) Deps {
	store, err := artifacts.Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	load := rollout.JobTemplate{
		Name: "load-test", Image: "grafana/k6:1.3.0", Args: []string{"run", "load test.js"}, ServiceAccount: "load-test", Deadline: 10 * time.Minute,
		Env: []rollout.JobVariable{{Name: "VUS", Value: "50"}, {Name: "TOKEN", Secret: "load", Key: "token"}}, CPU: "500m", Memory: "256Mi",
	}
	return Deps{Platform: optest.TestPlatform(), Reports: store, Jobs: []Job{
		{JobTemplate: load, Report: "report:", Profiles: []Profile{{Name: "smoke", Args: []string{"--quiet"}, Env: []rollout.JobVariable{{Name: "VUS", Value: "5"}}}}},
		{JobTemplate: rollout.JobTemplate{Name: "api-test", Image: "api:1", ServiceAccount: "load-test", Deadline: time.Minute}},
	}}
}

func account() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "load-test", Namespace: optest.TestNamespace}}
}

func jobsOf(t *testing.T, call *k8sops.Call) []batchv1.Job {
	t.Helper()
	list, err := call.Client.Kubernetes.BatchV1().Jobs(optest.TestNamespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	return list.Items
}

func TestWithoutJobsThereIsNothingToRun(t *testing.T) {
	require.Empty(t, Operations(Deps{Platform: optest.TestPlatform()}))
}

func TestPlanOfARun(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(testDeps(t)), "run load-test smoke", account())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Empty(t, jobsOf(t, call), "a plan makes nothing")
	optest.Golden(t, "plan", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
}

func TestAJobThatChangesWhatServesNeedsASecondPerson(t *testing.T) {
	d := testDeps(t)
	d.Jobs[1].SecondPerson = true
	for line, danger := range map[string]k8sops.Danger{"run load-test": k8sops.Disruptive, "run api-test": k8sops.Destructive} {
		call, _ := optest.NewCall(t, Operations(d), line, account())
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		require.Equal(t, danger, plan.Danger, line)
	}
}

func TestWhatIsNotConfiguredIsNotRun(t *testing.T) {
	ops := Operations(testDeps(t))
	_, _, err := cmdline.Parse(ops, "run loadtest")
	require.Equal(t, "k8sops.arg.not_a_choice", optest.MessageID(t, err))
	call, _ := optest.NewCall(t, ops, "run api-test smoke", account())
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.run.unknown_profile", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, []string{"run api-test"}, e.Suggest)
	call.Args["job"] = "gone"
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.run.unknown", optest.MessageID(t, err))
}

func TestARunIsPlannedAsThePersonWhoAsks(t *testing.T) {
	call, fake := optest.NewCall(t, Operations(testDeps(t)), "run load-test", account())
	fake.PrependReactor("create", "jobs", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Group: "batch", Resource: "jobs"}, "load-test", errors.New("no"))
	})
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}

func TestTheJobIsMadeOnceAndDeletedInTheEnd(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(testDeps(t)), "run load-test smoke", account())
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	steps := call.Operation.Steps
	for range 2 {
		require.NoError(t, steps[0].Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
	}
	made := jobsOf(t, call)
	require.Len(t, made, 1)
	spec := made[0].Spec
	require.EqualValues(t, 600, *spec.ActiveDeadlineSeconds)
	require.EqualValues(t, 0, *spec.BackoffLimit)
	require.Equal(t, "load-test", spec.Template.Spec.ServiceAccountName)
	container := spec.Template.Spec.Containers[0]
	require.Equal(t, []string{"run", "load test.js", "--quiet"}, container.Args)
	require.Equal(t, "5", container.Env[1].Value)
	require.Equal(t, "token", container.Env[0].ValueFrom.SecretKeyRef.Key)
	require.Equal(t, "c0ffee42", made[0].Annotations[k8sops.ExtraCall])

	require.NoError(t, steps[1].Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
	require.NoError(t, steps[2].Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
	require.NoError(t, steps[2].Do(t.Context(), call, plan, &optest.RecordedProgress{}, true))
	require.Empty(t, jobsOf(t, call))
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Nil(t, call.Operation.Undo)
}

func TestAnotherOnesJobIsNotTaken(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(testDeps(t)), "run load-test", account(),
		&batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: rollout.JobName(&k8sops.Call{ID: "c0ffee42"}, "load-test"), Namespace: optest.TestNamespace}})
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, "k8sops.job.taken", optest.MessageID(t, err))
}

func report(t *testing.T, name string, state runState) {
	t.Helper()
	o := run{testDeps(t)}
	result := o.report(&jobRun{Call: &k8sops.Call{}, Args: runArgs{Job: "load-test", Profile: "smoke"}, State: &state})
	optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

func TestReports(t *testing.T) {
	outcome := &rollout.JobOutcome{Verdict: rollout.JobSucceeded, Began: optest.TestNow(), Ended: optest.TestNow().Add(3 * time.Minute)}
	now := Figures{"p50": 12.5, "p95": 60, "p99": 120, "errors": 0.0125, "requests": 120034, "checks": 12}
	report(t, "compared", runState{
		Name: "load-test-1", Outcome: outcome, Figures: now, Lines: []string{"done", `report: {"p50": 12.5}`}, Log: "jobs/demo/shop/load-test/smoke/20260302-093000-1.txt",
		Before: &Record{At: optest.TestNow().Add(-7 * 24 * time.Hour), By: "lisi@company.com", Figures: Figures{"p50": 12.5, "p95": 40, "errors": 0, "requests": 150000}},
	})
	report(t, "first", runState{Name: "load-test-1", Outcome: outcome, Figures: now, Log: "jobs/x.txt"})
	report(t, "no-report", runState{Name: "load-test-1", Outcome: outcome, Lines: []string{"hello"}, NotKept: messages.New("k8sops.run.not_kept", "reason", "disk full"), Left: true})
}

// fullDisk lists nothing and stores nothing.
type fullDisk struct{ Store }

func (fullDisk) List(context.Context, string) ([]artifacts.Object, error) { return nil, nil }
func (fullDisk) Put(context.Context, string, io.Reader) (artifacts.Stored, error) {
	return artifacts.Stored{}, &artifacts.Error{Kind: artifacts.Full, Reason: "no space left on device"}
}

// A test that passed has passed, whatever the storage says.
func TestAFullDiskIsSaidAndFailsNothing(t *testing.T) {
	d := testDeps(t)
	d.Reports = fullDisk{}
	call, _ := optest.NewCall(t, Operations(d), "run load-test", account())
	_, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, "k8sops.run.not_kept", result.Card.Footer[1].ID)
}

func TestOldRunsAreRemoved(t *testing.T) {
	d := testDeps(t)
	for i := range maxKept + 5 {
		call, _ := optest.NewCall(t, Operations(d), "run load-test", account())
		call.Started = optest.TestNow().Add(time.Duration(i) * time.Minute)
		_, _, _, err := optest.RunAll(t.Context(), call)
		require.NoError(t, err)
	}
	objects, err := d.Reports.List(t.Context(), "jobs/demo/"+optest.TestNamespace+"/load-test/default/")
	require.NoError(t, err)
	require.Len(t, objects, 2*maxKept)
	require.Contains(t, objects[0].Key, "20260302-0935", "the oldest went first")
}

func TestAStoppedRunDeletesItsJob(t *testing.T) {
	for _, cause := range []error{errors.New("stopped by a person"), k8sops.ErrHandOver} {
		call, fake := optest.NewCall(t, Operations(testDeps(t)), "run load-test", account())
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		require.NoError(t, call.Operation.Steps[0].Do(t.Context(), call, plan, &optest.RecordedProgress{}, false))
		ctx, end := context.WithCancelCause(t.Context())
		fake.PrependReactor("get", "jobs", func(clienttesting.Action) (bool, runtime.Object, error) {
			end(cause)
			return true, &batchv1.Job{}, nil // it runs on
		})
		require.Error(t, call.Operation.Steps[1].Do(ctx, call, plan, &optest.RecordedProgress{}, false))
		require.Len(t, jobsOf(t, call), map[bool]int{true: 1}[errors.Is(cause, k8sops.ErrHandOver)])
	}
}
