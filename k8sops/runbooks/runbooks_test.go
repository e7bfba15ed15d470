package runbooks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/jobs"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// shop is a catalogue with guided runs, and a deploy Job where jobs are named.
func shop(t *testing.T, names ...string) ([]k8sops.Operation, *optest.GuidedRuns) {
	t.Helper()
	d, all := catalog.Default(), &optest.GuidedRuns{}
	d.Platform, d.Runbooks = optest.TestPlatform(), all
	for _, name := range names {
		d.Jobs = append(d.Jobs, jobs.Job{JobTemplate: rollout.JobTemplate{Name: name, Image: name + ":1.0", ServiceAccount: "default", Deadline: time.Minute}})
	}
	ops, err := catalog.New(d)
	require.NoError(t, err)
	return ops, all
}

func call(t *testing.T, ops []k8sops.Operation, line string) *k8sops.Call {
	t.Helper()
	c, _ := optest.NewCall(t, ops, line, optest.Platform()...)
	c.Source = k8sops.Source{User: "U1", Channel: "C1", Incident: "4"}
	c.ID = line
	return c
}

func began(t *testing.T, ops []k8sops.Operation, all *optest.GuidedRuns, line string) runbooks.Run {
	t.Helper()
	_, _, proof, err := optest.RunAll(t.Context(), call(t, ops, line))
	require.NoError(t, err)
	require.True(t, proof.OK)
	r, err := all.Run(t.Context(), 1)
	require.NoError(t, err)
	return r
}

func TestThePlansOfTheRunbooks(t *testing.T) {
	for line, name := range map[string]string{"emergency network": "network", "emergency database": "database", "emergency outage": "outage", "rebuild": "rebuild"} {
		ops, _ := shop(t, "deploy", "api-test")
		c := call(t, ops, line)
		plan, err := c.Operation.Plan(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, c.Operation.Danger, plan.Danger)
		optest.Golden(t, name, func(pr *messages.Printer) string { return optest.ShowPlan(pr, plan) })
	}
}

func TestARunIsBegunOnceAndOneAtATime(t *testing.T) {
	ops, all := shop(t)
	r := began(t, ops, all, "emergency network")
	require.Equal(t, "4", r.Incident)
	require.Equal(t, "C1", r.Channel)
	again := call(t, ops, "emergency network")
	plan, err := again.Operation.Plan(t.Context(), again)
	require.NoError(t, err, "the same call, resumed")
	require.NoError(t, optest.Do(t.Context(), again, plan))
	list, err := all.Unfinished(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)

	other := call(t, ops, "emergency outage")
	_, err = other.Operation.Plan(t.Context(), other)
	require.Equal(t, "k8sops.runbooks.start.open", optest.MessageID(t, err))
	other.Namespace = "another"
	_, err = other.Operation.Plan(t.Context(), other)
	require.NoError(t, err)
}

// Two were planned before either was begun.
func TestTheSecondOfTwoIsRefusedWhenItBegins(t *testing.T) {
	ops, all := shop(t)
	late := call(t, ops, "emergency outage")
	plan, err := late.Operation.Plan(t.Context(), late)
	require.NoError(t, err)
	began(t, ops, all, "emergency network")
	require.Equal(t, "k8sops.runbooks.start.open", optest.MessageID(t, optest.Do(t.Context(), late, plan)))
}

// A step whose Job is not configured is left out, and one that needs a service where there is none.
func TestWhatCannotBeTakenIsNoStep(t *testing.T) {
	begin := func(c *k8sops.Call) {
		plan, err := c.Operation.Plan(t.Context(), c)
		require.NoError(t, err)
		require.NoError(t, optest.Do(t.Context(), c, plan))
	}
	ops, all := shop(t)
	begin(call(t, ops, "emergency outage"))
	r, err := all.Run(t.Context(), 1)
	require.NoError(t, err)
	for _, s := range r.Steps {
		require.NotEqual(t, "deploy", s.Name)
	}
	ops, all = shop(t)
	c, _ := optest.NewCall(t, ops, "emergency network", optest.Deployment("postgres", 1, func(d *appsv1.Deployment) { d.Labels["tier"] = "data" }))
	begin(c)
	r, err = all.Run(t.Context(), 1)
	require.NoError(t, err)
	for _, s := range r.Steps {
		require.NotEqual(t, "net test", s.Call.Operation)
	}
}

// A rebuild that could delete and not deploy is not begun, and what keeps the data is not skipped.
func TestARebuildIsWholeOrNotBegun(t *testing.T) {
	ops, _ := shop(t)
	c := call(t, ops, "rebuild")
	require.Equal(t, k8sops.Destructive, c.Operation.Danger, "a second person")
	_, err := c.Operation.Plan(t.Context(), c)
	require.Equal(t, "k8sops.runbooks.start.lacks", optest.MessageID(t, err))

	ops, all := shop(t, "deploy")
	r := began(t, ops, all, "rebuild")
	require.Equal(t, "backup db", r.Steps[0].Line)
	_, _, _, err = optest.RunAll(t.Context(), call(t, ops, "emergency skip 1 1 no time"))
	require.Equal(t, "k8sops.runbooks.skip.required", optest.MessageID(t, err))
	for _, a := range runbooks.Card(ops, r).Actions {
		require.NotContains(t, a.Value, "skip")
	}
}

func TestACardInEveryState(t *testing.T) {
	ops, all := shop(t)
	r := began(t, ops, all, "emergency network")
	now := optest.TestNow()
	r = r.Begin(0, "U1", now).Settle(0, runbooks.Outcome{Result: "succeeded", Succeeded: true, Begun: true, At: now})
	r = r.Begin(1, "U1", now).Settle(1, runbooks.Outcome{Result: "failed", Begun: true, At: now})
	r = r.Begin(2, "U2", now).Settle(2, runbooks.Outcome{Result: "refused", At: now})
	show := func(name string, r runbooks.Run) {
		optest.Golden(t, name, func(pr *messages.Printer) string { return optest.ShowCard(pr, runbooks.Card(ops, r)) })
	}
	show("card_waiting", r)
	show("card_running", r.Begin(2, "U2", now))
	skipped := r.Skip(2, "U2", "the policies let it through", now)
	show("card_skipped", skipped)
	show("card_stopped", skipped.Stop("U3", now))
	for _, i := range []int{3, 4, 5} {
		skipped = skipped.Begin(i, "U1", now).Settle(i, runbooks.Outcome{Result: "succeeded", Succeeded: true, Begun: true, At: now})
	}
	require.Equal(t, -1, skipped.Current())
	show("card_over", skipped.End(now))
}
