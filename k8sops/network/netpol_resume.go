package network

import (
	"context"
	"errors"
	"strconv"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// netpolResume is /netpol resume: what was suspended is put back exactly as it was. A schedule makes the same call when the time is up.
type netpolResume struct{ kube.Platform }

type resumeArgs struct {
	Number    int
	Overwrite bool
}

// resumeState is what is put back.
type resumeState struct {
	// Numbers are the suspensions that are over then.
	Numbers []int64 `json:"numbers"`
	// Missing are made, Replaced take the place of what has their name now.
	Missing  []networkingv1.NetworkPolicy `json:"missing,omitempty"`
	Replaced []networkingv1.NetworkPolicy `json:"replaced,omitempty"`
	// Differ have the name of another policy that is there now, and are not touched.
	Differ []string `json:"differ,omitempty"`
	There  int      `json:"there,omitempty"`
}

type resumeRun = k8sops.Run[resumeArgs, resumeState]

func (o netpolResume) spec() k8sops.ChangeSpec[resumeArgs, resumeState] {
	return k8sops.ChangeSpec[resumeArgs, resumeState]{
		Meta: k8sops.Meta{
			Name:     resumeName,
			Summary:  messages.New("k8sops.netpol_resume.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{resumeName, resumeName + " 5", resumeName + " 5 --overwrite"},
			Access:   policyAccess("list", "get", "create", "update"),
			Owners:   owners(),
			// The namespace must not stay open for a freeze's sake.
			FreezeExempt: true,
		},
		Args: func(a *resumeArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: runs.NumberArg, Into: &a.Number, Summary: messages.New("k8sops.netpol_resume.arg.number"), Positional: true, Min: 1, Max: 1_000_000_000, Offer: o.offer},
				{Name: "overwrite", Into: &a.Overwrite, Summary: messages.New("k8sops.netpol_resume.arg.overwrite")},
			}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[resumeArgs, resumeState]{
			{Name: "put back", Resume: k8sops.Again, Do: o.putBack}, {Name: "end", Resume: k8sops.Again, Do: o.end},
		},
		Verify: o.verify,
	}
}

// plan compares what is saved with what is there now.
func (o netpolResume) plan(ctx context.Context, call *k8sops.Call, args resumeArgs) (*k8sops.Plan, resumeState, error) {
	var state resumeState
	over, err := o.meant(ctx, call, args.Number)
	if err != nil {
		return nil, state, err
	}
	live, err := listPolicies(ctx, call)
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	planned := map[string]*networkingv1.NetworkPolicy{}
	for i := range live {
		planned[live[i].Name] = &live[i]
	}
	for _, s := range over {
		if s.schedule.State == runs.Active {
			state.Numbers = append(state.Numbers, s.schedule.Number)
		} else {
			plan.Warning = append(plan.Warning, messages.New("k8sops.netpol_resume.over", "number", s.schedule.Number, "ended", messages.Date(s.schedule.EndedAt)))
		}
		for i := range s.policies {
			if err := state.add(ctx, call, plan, planned, &s.policies[i], args.Overwrite); err != nil {
				return nil, state, err
			}
		}
	}
	plan.NoOp = len(state.Numbers)+len(state.Missing)+len(state.Replaced) == 0 && len(state.Differ) == 0
	plan.Summary = state.summary(call)
	if len(state.Differ) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.netpol_resume.differ", "policies", nameList(state.Differ)))
	}
	return plan, state, nil
}

// meant are the suspensions that are to end: the one of a number, or all.
func (o netpolResume) meant(ctx context.Context, call *k8sops.Call, number int) ([]suspension, error) {
	if number > 0 {
		one, err := numbered(ctx, o.Platform, call, number)
		return []suspension{one}, err
	}
	all, err := suspensions(ctx, o.Platform, call)
	if err == nil && len(all) == 0 {
		err = &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.netpol_resume.none", "namespace", messages.Code(call.Namespace)), Suggest: []string{"netpol"}}
	}
	return all, err
}

// add plans for one saved policy. Of two suspensions with the same name, the later one saved what was there last.
func (s *resumeState) add(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, planned map[string]*networkingv1.NetworkPolicy, p *networkingv1.NetworkPolicy, overwrite bool) error {
	there := planned[p.Name]
	selector := metav1.FormatLabelSelector(&p.Spec.PodSelector)
	switch {
	case there == nil:
		planned[p.Name] = p
		s.Missing = append(s.Missing, *p)
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: p.Name, Field: "podSelector", From: "–", To: selector})
		return k8sops.Explain("dry run of making network policy "+p.Name, createPolicy(ctx, call, p, metav1.DryRunAll))
	case same(there, p):
		s.There++
		return nil
	case !overwrite || there.UID == "": // without one it is of another suspension, and not there yet
		s.Differ = append(s.Differ, p.Name)
		return nil
	}
	target, err := kube.TargetOf(there)
	if err != nil {
		return err
	}
	planned[p.Name] = p
	s.Replaced = append(s.Replaced, *p)
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: p.Name, Field: "podSelector", From: metav1.FormatLabelSelector(&there.Spec.PodSelector), To: selector})
	return k8sops.Explain("dry run of replacing network policy "+p.Name, replacePolicy(ctx, call, there, p, metav1.DryRunAll))
}

func (s *resumeState) summary(call *k8sops.Call) messages.Text {
	if changed := len(s.Missing) + len(s.Replaced); changed > 0 {
		return messages.New("k8sops.netpol_resume.plan", "count", changed, "namespace", messages.Code(call.Namespace))
	}
	return messages.New("k8sops.netpol_resume.nothing", "namespace", messages.Code(call.Namespace))
}

// putBack makes what is missing. What somebody else has made in the meantime, is compared and not touched.
func (o netpolResume) putBack(ctx context.Context, r *resumeRun) error {
	total := len(r.State.Missing) + len(r.State.Replaced)
	for i := range r.State.Missing {
		p := &r.State.Missing[i]
		r.Progress.Report(i, total, messages.New("k8sops.netpol_resume.running", "policy", messages.Code(p.Name)))
		err := createPolicy(ctx, r.Call, p)
		if err != nil && !apierrors.IsAlreadyExists(err) { // verify looks whether it is the same
			return k8sops.Explain("make network policy "+p.Name, err)
		}
	}
	for i := range r.State.Replaced {
		p := &r.State.Replaced[i]
		r.Progress.Report(len(r.State.Missing)+i, total, messages.New("k8sops.netpol_resume.running", "policy", messages.Code(p.Name)))
		done := func(live *networkingv1.NetworkPolicy) bool { return r.Resumed && same(live, p) }
		err := kube.OnUnchangedObject(ctx, r.Call, r.Plan.Targets[i], done, func(live *networkingv1.NetworkPolicy) error {
			return replacePolicy(ctx, r.Call, live, p)
		})
		if err != nil {
			return k8sops.Explain("replace network policy "+p.Name, err)
		}
	}
	return nil
}

// end stops the schedules: what they would put back is back.
func (o netpolResume) end(ctx context.Context, r *resumeRun) error {
	for _, number := range r.State.Numbers {
		if err := o.Schedules.CancelSchedule(ctx, number, r.Source.User, r.Now); err != nil && !errors.Is(err, runs.ErrNotFound) {
			return err
		}
	}
	return nil
}

// verify compares every policy with the saved one.
func (o netpolResume) verify(ctx context.Context, r *resumeRun) (*k8sops.Verification, error) {
	live, err := listPolicies(ctx, r.Call)
	if err != nil {
		return nil, err
	}
	there := map[string]*networkingv1.NetworkPolicy{}
	for i := range live {
		there[live[i].Name] = &live[i]
	}
	wrong := r.State.Differ
	for _, list := range [][]networkingv1.NetworkPolicy{r.State.Missing, r.State.Replaced} {
		for i := range list {
			if p := there[list[i].Name]; p == nil || !same(p, &list[i]) {
				wrong = append(wrong, list[i].Name)
			}
		}
	}
	if len(wrong) > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.netpol_resume.others", "policies", nameList(wrong)), Suggest: o.overwriting(r)}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.netpol_resume.done", "count", len(r.State.Missing)+len(r.State.Replaced)+r.State.There)}, nil
}

// overwriting are the calls that put the saved policies in the place of those that are there.
func (o netpolResume) overwriting(r *resumeRun) []string {
	numbers := r.State.Numbers
	if r.Args.Number > 0 {
		numbers = []int64{int64(r.Args.Number)}
	}
	var lines []string
	for _, number := range numbers {
		lines = append(lines, resumeName+" "+strconv.FormatInt(number, 10)+" --overwrite")
	}
	return append(lines, "netpol")
}

// offer lists the suspensions, for a form.
func (o netpolResume) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	all, err := suspensions(ctx, o.Platform, call)
	choices := make([]k8sops.Choice, len(all))
	for i, s := range all {
		choices[i] = k8sops.Choice{Value: strconv.FormatInt(s.schedule.Number, 10), Label: s.line()}
	}
	return choices, err
}
