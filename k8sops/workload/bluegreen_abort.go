package workload

import (
	"context"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// blueGreenAbort is /bluegreen abort: green goes, blue serves, and everything else is as it was before.
type blueGreenAbort struct{ blueGreen }

type abortArgs struct {
	Service k8sops.Workload
	// Unswitched: only a green that takes no traffic. That is how the removal is planned.
	Unswitched bool
}

type abortState struct {
	Track   track  `json:"track"`
	Service string `json:"service"`
}

type abortRun = k8sops.Run[abortArgs, abortState]

func (o blueGreenAbort) spec() k8sops.ChangeSpec[abortArgs, abortState] {
	return k8sops.ChangeSpec[abortArgs, abortState]{
		Meta: k8sops.Meta{
			Name:     "bluegreen abort",
			Summary:  messages.New("k8sops.bluegreen.abort.summary"),
			Danger:   k8sops.Change,
			Examples: []string{"bluegreen abort user"},
			Access:   blueGreenAccess(append(changeService(), k8sops.Access{Verb: "delete", Group: "apps", Resource: "deployments"})...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
			On:       []string{kube.Deployment},
		},
		Args: func(a *abortArgs) []k8sops.Arg {
			return []k8sops.Arg{
				blueGreenArg(&a.Service), {Name: "unswitched", Into: &a.Unswitched, Summary: messages.New("k8sops.bluegreen.arg.unswitched")},
			}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[abortArgs, abortState]{
			{Name: "return traffic", Resume: k8sops.Again, Do: o.returnTraffic},
			{Name: "remove green", Resume: k8sops.Again, Do: o.remove},
			{Name: "restore selector", Resume: k8sops.Again, Do: o.restore},
		},
		Verify: o.verify,
		// What was aborted is prepared again, which takes the image.
	}
}

func (o blueGreenAbort) plan(ctx context.Context, call *k8sops.Call, args abortArgs) (*k8sops.Plan, abortState, error) {
	s, err := o.look(ctx, call)
	if err != nil {
		return nil, abortState{}, err
	}
	state, name := abortState{s.track, s.service.Name}, messages.Code(s.blue.Name)
	plan := &k8sops.Plan{Danger: k8sops.Change}
	switch {
	case s.track.Green == "":
		plan.NoOp, plan.Summary = true, messages.New("k8sops.bluegreen.not_prepared", "workload", name)
		return plan, state, nil
	case args.Unswitched && s.switched():
		plan.NoOp, plan.Summary = true, messages.New("k8sops.bluegreen.abort.switched", "green", messages.Code(s.track.Green))
		return plan, state, nil
	}
	plan.Summary = messages.New("k8sops.bluegreen.abort.plan", "workload", name, "green", messages.Code(s.track.Green), "service", messages.Code(s.service.Name))
	if s.switched() {
		if err := mustBeReady(s.blue, s.track, true); err != nil {
			return nil, state, err
		}
		kube.TwoVersions(plan, messages.New("k8sops.bluegreen.abort.returns", "service", messages.Code(s.service.Name), "images", s.blue.Images()))
	}
	o.Protect(plan, s.blue)
	return plan, state, o.showEnd(plan, s)
}

func (o blueGreenAbort) returnTraffic(ctx context.Context, r *abortRun) error {
	return o.giveBack(ctx, r.Call, r.Plan, r.State.Track, r.Progress, r.Resumed)
}

func (o blueGreenAbort) remove(ctx context.Context, r *abortRun) error {
	return o.removeGreen(ctx, r.Call, r.State.Track, r.Progress)
}

func (o blueGreenAbort) restore(ctx context.Context, r *abortRun) error {
	return o.forget(ctx, r.Call, r.State.Service, r.State.Track)
}

func (o blueGreenAbort) verify(ctx context.Context, r *abortRun) (*k8sops.Verification, error) {
	return o.verifyEnd(ctx, r.Call, r.State.Service, r.State.Track, r.Progress)
}
