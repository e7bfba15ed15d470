package network

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// place is a namespace that several calls are made in, one after the other.
type place struct {
	kube.Platform
	t     *testing.T
	api   *fake.Clientset
	calls int
}

func newPlace(t *testing.T, objects ...runtime.Object) *place {
	return &place{Platform: optest.TestPlatform(), t: t, api: optest.NewFake(append(objects, optest.Platform()...)...)}
}

func (p *place) call(line string) *k8sops.Call {
	p.t.Helper()
	op, args, err := cmdline.Parse(Operations(p.Platform), line)
	require.NoError(p.t, err)
	p.calls++
	return &k8sops.Call{
		ID: strings.Repeat("c", p.calls), Operation: op, Args: args, Cluster: "demo", Namespace: optest.TestNamespace, Identity: k8sops.Identity{User: "wangwu@company.com"},
		Source: k8sops.Source{User: "U1", Channel: "C1", Incident: "4"}, Client: &k8sops.Client{Kubernetes: p.api}, Now: optest.TestNow(), Started: optest.TestNow(),
	}
}

func (p *place) run(line string) (*k8sops.Call, *k8sops.Plan, *k8sops.Verification, error) {
	p.t.Helper()
	call := p.call(line)
	plan, _, proof, err := optest.RunAll(p.t.Context(), call)
	return call, plan, proof, err
}

func (p *place) must(line string) (*k8sops.Call, *k8sops.Plan) {
	p.t.Helper()
	call, plan, proof, err := p.run(line)
	require.NoError(p.t, err)
	require.True(p.t, proof.OK, proof.Summary.ID)
	return call, plan
}

func (p *place) policies() []networkingv1.NetworkPolicy {
	p.t.Helper()
	list, err := listPolicies(p.t.Context(), p.call("netpol"))
	require.NoError(p.t, err)
	return list
}

func (p *place) schedule(number int64) runs.Schedule {
	p.t.Helper()
	s, err := p.Schedules.Schedule(p.t.Context(), number)
	require.NoError(p.t, err)
	return s
}

func denyOut(t *testing.T) *networkingv1.NetworkPolicy {
	return policy(t, "deny-out", `{podSelector: {}, policyTypes: [Egress]}`)
}

func TestPoliciesAreSuspendedAndPutBackAsTheyWere(t *testing.T) {
	original := fromBackend(t)
	owner := true
	original.OwnerReferences = []metav1.OwnerReference{{APIVersion: "example.com/v1", Kind: "Shop", Name: "shop", UID: "7", Controller: &owner}}
	original.Finalizers = []string{"example.com/keep"}
	p := newPlace(t, original, denyOut(t))
	call, plan := p.must("netpol suspend all --for 30m")
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.Empty(t, p.policies())
	s := p.schedule(1)
	require.Equal(t, optest.TestNow().Add(30*time.Minute), s.Due)
	require.Equal(t, runs.Active, s.State)
	require.Equal(t, resumeName, s.Operation)
	require.Equal(t, "U1", s.User)
	require.Equal(t, "4", s.Incident)
	require.True(t, s.Insists())
	require.Equal(t, "netpol resume 1", s.WithNumber().Command)
	require.Equal(t, "netpol resume 1", optest.UndoLine(t, call, plan, Operations(p.Platform)...))

	_, plan = p.must("netpol resume 1")
	require.Equal(t, k8sops.Disruptive, plan.Danger)
	back := p.policies()
	require.Len(t, back, 2)
	require.Equal(t, saved(denyOut(t)), saved(&back[0]))
	require.Equal(t, saved(original), saved(&back[1]))
	require.Equal(t, runs.Cancelled, p.schedule(1).State, "nothing more is to come")
	_, plan, _, err := p.run("netpol resume 1")
	require.NoError(t, err)
	require.True(t, plan.NoOp)
}

func TestSuspensionsInWords(t *testing.T) {
	helm := denyOut(t)
	helm.Labels["app.kubernetes.io/managed-by"] = "Helm"
	p := newPlace(t, fromBackend(t), helm)
	plan, err := p.call("netpol suspend all").Operation.Plan(t.Context(), p.call("netpol suspend all"))
	require.NoError(t, err)
	optest.Golden(t, "suspend", func(pr *messages.Printer) string { return optest.ShowPlan(pr, plan) })
	p.must("netpol suspend postgres-from-backend")
	result, err := p.call("netpol").Operation.Answer(t.Context(), p.call("netpol"), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"netpol resume 1"}, result.Suggest)
	optest.Golden(t, "suspended", func(pr *messages.Printer) string { return optest.ShowCard(pr, result.Card) })
	call := p.call("netpol resume")
	plan, err = call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	optest.Golden(t, "resume", func(pr *messages.Printer) string { return optest.ShowPlan(pr, plan) })
}

func TestWhatCannotBeSuspendedIsRefused(t *testing.T) {
	for line, id := range map[string]string{
		"netpol suspend postgres":         "k8sops.netpol_suspend.unknown",
		"netpol suspend all --for 30s":    "k8sops.netpol_suspend.bad_time",
		"netpol suspend all --for 25h":    "k8sops.netpol_suspend.bad_time",
		"netpol resume":                   "k8sops.netpol_resume.none",
		"netpol resume 9":                 "k8sops.netpol_resume.unknown",
		"netpol suspend postgres-backend": "k8sops.netpol_suspend.unknown",
	} {
		p := newPlace(t, fromBackend(t))
		_, _, _, err := p.run(line)
		require.Equal(t, id, optest.MessageID(t, err), line)
		require.Len(t, p.policies(), 1)
		_, err = p.Schedules.Schedule(t.Context(), 1)
		require.ErrorIs(t, err, runs.ErrNotFound)
	}
}

func TestWithoutPoliciesNothingIsSuspended(t *testing.T) {
	p := newPlace(t)
	_, plan, _, err := p.run("netpol suspend all")
	require.NoError(t, err)
	require.True(t, plan.NoOp)
}

// A plan of another kind is not a suspension.
func TestOtherPlansAreNotResumed(t *testing.T) {
	p := newPlace(t, fromBackend(t))
	_, err := p.Schedules.AddSchedule(t.Context(), runs.Schedule{Plan: "x", Operation: "scale", Cluster: "demo", Namespace: optest.TestNamespace, State: runs.Active})
	require.NoError(t, err)
	_, _, _, err = p.run("netpol resume 1")
	require.Equal(t, "k8sops.netpol_resume.unknown", optest.MessageID(t, err))
}

func TestAPolicyThatChangedSinceThePlanIsNotSuspended(t *testing.T) {
	p := newPlace(t, fromBackend(t))
	call := p.call("netpol suspend all")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	live := p.policies()[0]
	live.Spec.Ingress = nil
	_, err = p.api.NetworkingV1().NetworkPolicies(optest.TestNamespace).Update(t.Context(), &live, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, k8sops.CodeConflict, k8sops.CodeOf(optest.Do(t.Context(), call, plan)))
	require.Len(t, p.policies(), 1)
}

// A run that is killed anywhere goes on, and what it took away comes back.
func TestAKilledSuspensionGoesOn(t *testing.T) {
	p := newPlace(t, fromBackend(t), denyOut(t))
	call := p.call("netpol suspend all")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	step := func(i int, resumed bool) {
		require.NoError(t, call.Operation.Steps[i].Do(t.Context(), call, plan, &optest.RecordedProgress{}, resumed))
	}
	step(0, false)
	step(0, true) // it was done, and that was not stored
	list, err := p.Schedules.Schedules(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1, "saved once")
	require.NoError(t, p.api.NetworkingV1().NetworkPolicies(optest.TestNamespace).Delete(t.Context(), "deny-out", metav1.DeleteOptions{}))
	step(1, true)
	require.Empty(t, p.policies())
	p.must("netpol resume 1")
	require.Len(t, p.policies(), 2)
}

func TestWhereNothingWasRemovedNothingComesBack(t *testing.T) {
	p := newPlace(t, fromBackend(t))
	call := p.call("netpol suspend all")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	p.api.PrependReactor("delete", "networkpolicies", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("no")
	})
	require.Error(t, optest.Do(t.Context(), call, plan))
	require.Equal(t, runs.Cancelled, p.schedule(1).State)
}

// What was removed before it failed comes back with the button, or by itself.
func TestAHalfDoneSuspensionOffersTheWayBack(t *testing.T) {
	p := newPlace(t, fromBackend(t), denyOut(t))
	call := p.call("netpol suspend all")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	p.api.PrependReactor("delete", "networkpolicies", func(a clienttesting.Action) (bool, runtime.Object, error) {
		return a.(clienttesting.DeleteAction).GetName() == "postgres-from-backend", nil, errors.New("no")
	})
	e, ok := optest.AsError(optest.Do(t.Context(), call, plan))
	require.True(t, ok)
	require.Equal(t, &k8sops.Invocation{Operation: resumeName, Args: k8sops.Args{"number": "1"}}, e.Undo)
	require.Equal(t, runs.Active, p.schedule(1).State)
	p.must("netpol resume")
	require.Len(t, p.policies(), 2)
}

// A policy that somebody made in the meantime is not touched, and that is said; with --overwrite the saved one takes its place.
func TestANewPolicyOfTheSameNameIsNotTouched(t *testing.T) {
	p := newPlace(t, fromBackend(t), denyOut(t))
	p.must("netpol suspend all")
	newer := policy(t, "deny-out", `{podSelector: {matchLabels: {app: redis}}}`)
	_, err := p.api.NetworkingV1().NetworkPolicies(optest.TestNamespace).Create(t.Context(), newer, metav1.CreateOptions{})
	require.NoError(t, err)

	_, plan, proof, err := p.run("netpol resume 1")
	require.NoError(t, err)
	require.Equal(t, "k8sops.netpol_resume.differ", plan.Warning[0].ID)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.netpol_resume.others", proof.Summary.ID)
	require.Equal(t, []string{"netpol resume 1 --overwrite", "netpol"}, proof.Suggest)
	require.Len(t, p.policies(), 2)
	require.Equal(t, newer.Spec, p.policies()[0].Spec)

	_, plan = p.must("netpol resume 1 --overwrite")
	require.Equal(t, "k8sops.netpol_resume.over", plan.Warning[0].ID)
	require.Equal(t, saved(denyOut(t)), saved(&p.policies()[0]))
}

// One that somebody made between the plan and the run is not touched either.
func TestANewPolicyAtTheLastMomentIsNotTouched(t *testing.T) {
	p := newPlace(t, denyOut(t))
	p.must("netpol suspend all")
	call := p.call("netpol resume")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	newer := policy(t, "deny-out", `{podSelector: {matchLabels: {app: redis}}}`)
	_, err = p.api.NetworkingV1().NetworkPolicies(optest.TestNamespace).Create(t.Context(), newer, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	proof, err := call.Operation.Verify(t.Context(), call, plan, nil)
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, newer.Spec, p.policies()[0].Spec)
}

// Where nothing can be put back, the plan stays: it is tried again.
func TestAFailedReturnIsNotOver(t *testing.T) {
	p := newPlace(t, denyOut(t))
	p.must("netpol suspend all")
	p.api.PrependReactor("create", "networkpolicies", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, context.DeadlineExceeded
	})
	_, _, _, err := p.run("netpol resume 1")
	require.Error(t, err)
	require.Equal(t, runs.Active, p.schedule(1).State)
}

// Two suspensions: the later one saved what was there last.
func TestAllSuspensionsEndTogether(t *testing.T) {
	p := newPlace(t, denyOut(t))
	p.must("netpol suspend all")
	newer := policy(t, "deny-out", `{podSelector: {matchLabels: {app: redis}}}`)
	_, err := p.api.NetworkingV1().NetworkPolicies(optest.TestNamespace).Create(t.Context(), newer, metav1.CreateOptions{})
	require.NoError(t, err)
	p.must("netpol suspend deny-out")
	_, _, proof, err := p.run("netpol resume")
	require.NoError(t, err)
	require.False(t, proof.OK, "one of the two is not there")
	require.Equal(t, newer.Spec, p.policies()[0].Spec)
	require.Equal(t, runs.Cancelled, p.schedule(1).State)
	require.Equal(t, runs.Cancelled, p.schedule(2).State)
}
