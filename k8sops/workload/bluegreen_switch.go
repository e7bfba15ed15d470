package workload

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// blueGreenSwitch is /bluegreen switch and, where back is true, /bluegreen back (handbook: 切换流量).
type blueGreenSwitch struct {
	blueGreen
	back bool
}

type switchArgs struct{ Service k8sops.Workload }

type switchState struct {
	Track track `json:"track"`
	// To is the version that shall take the traffic.
	To string `json:"to"`
}

type switchRun = k8sops.Run[switchArgs, switchState]

func (o blueGreenSwitch) spec() k8sops.ChangeSpec[switchArgs, switchState] {
	spec := k8sops.ChangeSpec[switchArgs, switchState]{
		Meta: k8sops.Meta{
			Name:     "bluegreen switch",
			Summary:  messages.New("k8sops.bluegreen.switch.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"bluegreen switch user"},
			Access:   blueGreenAccess(changeService()...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
			On:       []string{kube.Deployment},
		},
		Args:   func(a *switchArgs) []k8sops.Arg { return []k8sops.Arg{blueGreenArg(&a.Service)} },
		Plan:   o.plan,
		Steps:  []k8sops.Step[switchArgs, switchState]{{Name: "switch", Resume: k8sops.Again, Do: o.move}},
		Verify: o.verify,
		Undo: func(r *switchRun) *k8sops.Invocation {
			return blueGreenSwitch{o.blueGreen, !o.back}.spec().Invoke(switchArgs{k8sops.Workload(r.State.Track.Blue)})
		},
	}
	if o.back {
		spec.Name, spec.Summary, spec.Examples = "bluegreen back", messages.New("k8sops.bluegreen.back.summary"), []string{"bluegreen back user"}
	}
	return spec
}

func (o blueGreenSwitch) plan(ctx context.Context, call *k8sops.Call, _ switchArgs) (*k8sops.Plan, switchState, error) {
	s, err := o.prepared(ctx, call)
	if err != nil {
		return nil, switchState{}, err
	}
	to, state := s.green, switchState{s.track, s.track.GreenVersion}
	if o.back {
		to, state.To = s.blue, s.track.BlueVersion
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, Summary: messages.New("k8sops.bluegreen.switch.plan",
		"service", messages.Code(s.service.Name), "from", messages.Code(s.live()), "to", messages.Code(state.To))}
	if plan.NoOp = s.live() == state.To; plan.NoOp {
		plan.Summary = messages.New("k8sops.bluegreen.switch.nothing", "service", messages.Code(s.service.Name), "to", messages.Code(state.To))
		return plan, state, nil
	}
	if err := mustBeReady(to, s.track, o.back); err != nil {
		return nil, state, err
	}
	for _, object := range []kube.Object{s.service, to} {
		target, err := kube.TargetOf(object)
		if err != nil {
			return nil, state, err
		}
		plan.Targets = append(plan.Targets, target)
	}
	plan.Changes = []k8sops.FieldChange{
		{Object: s.service.Name, Field: "selector", From: selectorText(s.service.Spec.Selector), To: selectorText(withVersion(s.track.Selector, state.To))},
		{Object: s.service.Name, Field: "image", From: sideWith(s, s.live()).Images(), To: to.Images()},
	}
	o.Protect(plan, s.blue)
	return plan, state, nil
}

// sideWith is the side of a version.
func sideWith(s sides, version string) kube.Workload {
	if version == s.track.GreenVersion && s.green.Object != nil {
		return s.green
	}
	return s.blue
}

// mustBeReady refuses to send traffic to where nobody answers.
func mustBeReady(to kube.Workload, t track, back bool) error {
	name, line := t.Green, t.Blue
	if back {
		name = t.Blue
	}
	if to.Object == nil {
		return &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.bluegreen.gone", "workload", messages.Code(name)), Suggest: []string{"bluegreen abort " + line}}
	}
	if c := to.Counts(); c.Available < c.Desired || c.Available == 0 {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.bluegreen.not_ready",
			"workload", messages.Code(name), "available", c.Available, "desired", c.Desired), Suggest: []string{"rollout " + name, "logs " + name + " --errors"}}
	}
	return nil
}

func (o blueGreenSwitch) move(ctx context.Context, r *switchRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	done := func(s *corev1.Service) bool { return r.Resumed && s.Spec.Selector[versionLabel] == r.State.To }
	return onService(ctx, r.Call, r.Plan, done, func(s *corev1.Service) error {
		return patchService(ctx, r.Call, s, withVersion(r.State.Track.Selector, r.State.To), r.State.Track)
	})
}

// verify reads from the endpoints who takes the traffic.
func (o blueGreenSwitch) verify(ctx context.Context, r *switchRun) (*k8sops.Verification, error) {
	t := r.State.Track
	service, to := plannedService(r.Plan).Name, r.State.To
	now, ok, err := o.awaitTraffic(ctx, r.Call, behind(service, t), to, r.Progress)
	if err != nil {
		return nil, err
	}
	other, next := "bluegreen back "+t.Blue, []string{"bluegreen finish " + t.Blue, "logs " + t.Green + " --errors"}
	if o.back {
		other, next = "bluegreen switch "+t.Blue, []string{"bluegreen abort " + t.Blue, "logs " + t.Blue + " --errors"}
	}
	if !ok {
		return &k8sops.Verification{Summary: messages.New("k8sops.bluegreen.not_taken", "service", messages.Code(service), "version", messages.Code(to), "after", o.RolloutTimeout),
			Suggest: []string{other}}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.bluegreen.switch.done", "service", messages.Code(service), "version", messages.Code(to), "count", now.ready[to]),
		Suggest: next}, nil
}
