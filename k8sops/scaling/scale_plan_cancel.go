package scaling

import (
	"context"
	"errors"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// scalePlanCancel is /scale plan cancel. What a plan has done already stays, also where it was to be put back.
type scalePlanCancel struct{ kube.Platform }

type scalePlanCancelArgs struct{ Number int }

type scalePlanCancelState struct{}

type scalePlanCancelRun = k8sops.Run[scalePlanCancelArgs, scalePlanCancelState]

func (s scalePlanCancel) spec() k8sops.ChangeSpec[scalePlanCancelArgs, scalePlanCancelState] {
	return k8sops.ChangeSpec[scalePlanCancelArgs, scalePlanCancelState]{
		Meta: k8sops.Meta{
			Name:         "scale plan cancel",
			Summary:      messages.New("k8sops.scale_plan_cancel.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{"scale plan cancel 3"},
			Access:       []k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale"}},
			Owners:       []k8sops.Role{k8sops.System, k8sops.Development},
		},
		Args: func(a *scalePlanCancelArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "number", Into: &a.Number, Summary: messages.New("k8sops.scale_plan_cancel.arg.number"), Positional: true, Required: true, Min: 1, Max: maxNumber, Offer: scalePlans(s).offer}}
		},
		Plan:   s.plan,
		Steps:  []k8sops.Step[scalePlanCancelArgs, scalePlanCancelState]{{Name: "cancel", Resume: k8sops.Again, Do: s.cancel}},
		Verify: s.verify,
	}
}

// maxNumber bounds the number of a plan.
const maxNumber = 1_000_000_000

func (s scalePlanCancel) plan(ctx context.Context, call *k8sops.Call, args scalePlanCancelArgs) (*k8sops.Plan, scalePlanCancelState, error) {
	planned, err := s.Schedules.Schedule(ctx, int64(args.Number))
	if errors.Is(err, runs.ErrNotFound) || err == nil && (planned.State != runs.Active || planned.Insists() || planned.Cluster != call.Cluster || planned.Namespace != call.Namespace) {
		return nil, scalePlanCancelState{}, noPlan(args.Number)
	}
	if err != nil {
		return nil, scalePlanCancelState{}, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.scale_plan_cancel.plan", "plan", planLine(planned))}
	if planned.Back {
		kube.NotRemade(plan, messages.New("k8sops.scale_plan_cancel.not_put_back", "command", messages.Code("/"+planned.Command)))
	}
	return plan, scalePlanCancelState{}, nil
}

func (s scalePlanCancel) cancel(ctx context.Context, r *scalePlanCancelRun) error {
	err := s.Schedules.CancelSchedule(ctx, int64(r.Args.Number), r.Source.User, r.Now)
	switch {
	case errors.Is(err, runs.ErrNotFound) && r.Resumed:
		return nil // it was cancelled before opsbot stopped
	case errors.Is(err, runs.ErrNotFound):
		return noPlan(r.Args.Number)
	}
	return err
}

func (s scalePlanCancel) verify(ctx context.Context, r *scalePlanCancelRun) (*k8sops.Verification, error) {
	planned, err := s.Schedules.Schedule(ctx, int64(r.Args.Number))
	if err != nil {
		return nil, err
	}
	return &k8sops.Verification{OK: planned.State != runs.Active, Summary: messages.New("k8sops.scale_plan_cancel.done", "number", r.Args.Number)}, nil
}

func noPlan(number int) error {
	return &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.scale_plan_cancel.unknown", "number", number), Suggest: []string{"scale plans"}}
}
