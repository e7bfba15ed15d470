package network

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
	"opsbot/runs"
)

// netpolSuspend is /netpol suspend (handbook: 临时禁用网络策略): policies are saved and removed, and come back by themselves.
type netpolSuspend struct{ kube.Platform }

type suspendArgs struct {
	Policy string
	For    time.Duration
}

// suspendState is what is suspended. The schedule that puts it back is stored before anything is removed.
type suspendState struct {
	Policies []networkingv1.NetworkPolicy `json:"policies"`
	Schedule runs.Schedule                `json:"schedule"`
}

type suspendRun = k8sops.Run[suspendArgs, suspendState]

func (o netpolSuspend) spec() k8sops.ChangeSpec[suspendArgs, suspendState] {
	return k8sops.ChangeSpec[suspendArgs, suspendState]{
		Meta: k8sops.Meta{
			Name:     "netpol suspend",
			Summary:  messages.New("k8sops.netpol_suspend.summary"),
			Danger:   k8sops.Destructive,
			Examples: []string{"netpol suspend all", "netpol suspend postgres-from-backend --for 30m"},
			// Whoever takes policies away must be able to put them back.
			Access: slices.Concat(pictureAccess(), policyAccess("get", "create", "update", "delete"), probeAccess(true)),
			Owners: owners(),
		},
		Args: func(a *suspendArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "policy", Into: &a.Policy, Summary: messages.New("k8sops.netpol_suspend.arg.policy"), Positional: true, Required: true, Offer: o.offer},
				{Name: "for", Into: &a.For, Summary: messages.New("k8sops.netpol_suspend.arg.for"), Default: "15m"},
			}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[suspendArgs, suspendState]{
			{Name: "save", Resume: k8sops.Again, Do: o.save}, {Name: "remove", Resume: k8sops.Again, Do: o.remove},
		},
		Verify: o.verify,
		Report: o.report,
		Undo:   func(r *suspendRun) *k8sops.Invocation { return o.back(r.State) },
	}
}

func policyAccess(verbs ...string) []k8sops.Access {
	var access []k8sops.Access
	for _, verb := range verbs {
		access = append(access, k8sops.Access{Verb: verb, Group: networkingv1.GroupName, Resource: "networkpolicies"})
	}
	return access
}

// How long policies may be suspended.
const (
	shortest = time.Minute
	longest  = 24 * time.Hour
)

func (o netpolSuspend) plan(ctx context.Context, call *k8sops.Call, args suspendArgs) (*k8sops.Plan, suspendState, error) {
	var state suspendState
	if args.For < shortest || args.For > longest {
		return nil, state, k8sops.Invalid(messages.New("k8sops.netpol_suspend.bad_time", "min", shortest, "max", longest))
	}
	before, err := draw(ctx, call)
	if err != nil {
		return nil, state, err
	}
	chosen, err := choose(call, before.policies, args.Policy)
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Destructive}
	for i := range chosen {
		if err := planRemoval(ctx, call, plan, &chosen[i]); err != nil {
			return nil, state, err
		}
		state.Policies = append(state.Policies, saved(&chosen[i]))
	}
	plan.NoOp = len(chosen) == 0
	plan.Summary = messages.New("k8sops.netpol_suspend.plan", "count", len(chosen), "namespace", messages.Code(call.Namespace), "for", args.For)
	if plan.NoOp {
		plan.Summary = messages.New("k8sops.netpol_suspend.nothing", "namespace", messages.Code(call.Namespace))
	}
	plan.Warning = append(before.opens(names(chosen)), plan.Warning...)
	return plan, state, nil
}

// choose are the policies that a name, or "all", means.
func choose(call *k8sops.Call, policies []networkingv1.NetworkPolicy, name string) ([]networkingv1.NetworkPolicy, error) {
	if name == k8sops.All {
		return policies, nil
	}
	for _, p := range policies {
		if p.Name == name {
			return []networkingv1.NetworkPolicy{p}, nil
		}
	}
	return nil, &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.netpol_suspend.unknown", "policy", messages.Code(name), "namespace", messages.Code(call.Namespace)),
		Suggest: append(kube.WithArg(call, "policy", nearest.Names(name, names(policies))), "netpol"),
	}
}

func planRemoval(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, p *networkingv1.NetworkPolicy) error {
	if err := removePolicy(ctx, call, p, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of removing network policy "+p.Name, err)
	}
	target, err := kube.TargetOf(p)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: p.Name, Field: "podSelector", From: metav1.FormatLabelSelector(&p.Spec.PodSelector), To: "–"})
	if keeper := keeperOf(p); keeper != "" {
		plan.Warning = append(plan.Warning, messages.New("k8sops.netpol_suspend.kept", "policy", messages.Code(p.Name), "keeper", messages.Code(keeper)))
	}
	return nil
}

// keeperOf names what looks after the policy and may put it back, or miss it.
func keeperOf(p *networkingv1.NetworkPolicy) string {
	if owner := metav1.GetControllerOfNoCopy(p); owner != nil {
		return owner.Kind + "/" + owner.Name
	}
	for _, label := range []string{"argocd.argoproj.io/instance", "kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name", "app.kubernetes.io/managed-by"} {
		if value := p.Labels[label]; value != "" {
			return label + "=" + value
		}
	}
	return p.Annotations["argocd.argoproj.io/tracking-id"]
}

// opens says what is open once the named policies are gone, and is not today.
func (p *picture) opens(gone []string) []messages.Text {
	after := &picture{groups: p.groups}
	for _, policy := range p.policies {
		if !slices.Contains(gone, policy.Name) {
			after.policies = append(after.policies, policy)
		}
	}
	var warnings []messages.Text
	if opened := without(after.unlimited(netpolicy.In), p.unlimited(netpolicy.In)); len(opened) > 0 {
		warnings = append(warnings, messages.New("k8sops.netpol_suspend.opens_in", "workloads", nameList(opened)))
	}
	if opened := without(after.unlimited(netpolicy.Out), p.unlimited(netpolicy.Out)); len(opened) > 0 {
		warnings = append(warnings, messages.New("k8sops.netpol_suspend.opens_out", "workloads", nameList(opened)))
	}
	return warnings
}

// save stores the policies with the schedule that puts them back, before any of them is removed.
func (o netpolSuspend) save(ctx context.Context, r *suspendRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	policies, err := json.Marshal(r.State.Policies)
	if err != nil {
		return err
	}
	back, call := netpolResume(o).spec().Operation(), &k8sops.Invocation{Operation: resumeName}
	r.Beside(&back, call)
	began := r.Started
	if began.IsZero() {
		began = r.Now
	}
	planned := kube.NewSchedule(r.Call, began)
	planned.Due, planned.Saved = began.Add(r.Args.For).UTC(), policies
	planned.Operation, planned.Args, planned.Command = resumeName, call.Args, k8sops.Canonical(&back, call.Args)
	r.State.Schedule, err = o.Schedules.AddSchedule(ctx, planned)
	return err
}

// remove removes one policy after the other. Those that are gone already, when it is done again, are left out.
func (o netpolSuspend) remove(ctx context.Context, r *suspendRun) error {
	for i, target := range r.Plan.Targets {
		r.Progress.Report(i, len(r.Plan.Targets), messages.New("k8sops.netpol_suspend.running", "policy", messages.Code(target.Name)))
		err := o.removeOne(ctx, r, target)
		if err == nil {
			continue
		}
		err = k8sops.Explain("remove network policy "+target.Name, err)
		if i == 0 && !r.Resumed { // nothing is suspended, so nothing has to come back
			return errors.Join(err, o.Schedules.CancelSchedule(ctx, r.State.Schedule.Number, r.Source.User, r.Now))
		}
		return k8sops.PartialFailure(r.Plan, i, err, o.back(r.State))
	}
	return nil
}

func (o netpolSuspend) removeOne(ctx context.Context, r *suspendRun, target k8sops.Target) error {
	if r.Resumed {
		gone, err := isGone(ctx, r.Call, target)
		if err != nil || gone {
			return err
		}
	}
	never := func(*networkingv1.NetworkPolicy) bool { return false }
	return kube.OnUnchangedObject(ctx, r.Call, target, never, func(p *networkingv1.NetworkPolicy) error {
		return removePolicy(ctx, r.Call, p)
	})
}

func (o netpolSuspend) back(state *suspendState) *k8sops.Invocation {
	return netpolResume(o).spec().Invoke(resumeArgs{Number: int(state.Schedule.Number)})
}

func (o netpolSuspend) report(r *suspendRun) *k8sops.Result {
	result := k8sops.PlanResult(r.Plan)
	result.Card.Title = messages.New("k8sops.netpol_suspend.title", "count", len(r.State.Policies), "due", messages.Date(r.State.Schedule.Due))
	return result
}

// verify makes sure that the policies are gone and that their return is stored.
func (o netpolSuspend) verify(ctx context.Context, r *suspendRun) (*k8sops.Verification, error) {
	stored, err := o.Schedules.Schedule(ctx, r.State.Schedule.Number)
	if err != nil {
		return nil, err
	}
	live, err := listPolicies(ctx, r.Call)
	if err != nil {
		return nil, err
	}
	var there []string
	for _, name := range names(live) {
		if slices.Contains(names(r.State.Policies), name) {
			there = append(there, name)
		}
	}
	if len(there) > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.netpol_suspend.there_again", "policies", nameList(there)), Suggest: []string{"netpol"}}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.netpol_suspend.done", "number", stored.Number, "due", messages.Date(stored.Due),
		"dns", dnsFromInside(ctx, r.Call, r.State.Policies))}, nil
}

// offer lists the policies, for a form.
func (o netpolSuspend) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	policies, err := listPolicies(ctx, call)
	if err != nil {
		return nil, err
	}
	return k8sops.Choices(append([]string{k8sops.All}, names(policies)...)...), nil
}
