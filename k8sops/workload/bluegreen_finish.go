package workload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// blueGreenFinish is /bluegreen finish: blue gets the new image while green serves, takes the traffic back, and green goes. Names and
// selectors are then as they were before.
type blueGreenFinish struct{ blueGreen }

type finishState struct {
	Track track `json:"track"`
	// Service sends the traffic, Images are the new ones by container.
	Service string            `json:"service"`
	Images  map[string]string `json:"images"`
}

type finishRun = k8sops.Run[switchArgs, finishState]

func (o blueGreenFinish) spec() k8sops.ChangeSpec[switchArgs, finishState] {
	return k8sops.ChangeSpec[switchArgs, finishState]{
		Meta: k8sops.Meta{
			Name:     "bluegreen finish",
			Summary:  messages.New("k8sops.bluegreen.finish.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"bluegreen finish user"},
			Access: blueGreenAccess(slices.Concat(changeService(), []k8sops.Access{
				{Verb: "patch", Group: "apps", Resource: "deployments"}, {Verb: "delete", Group: "apps", Resource: "deployments"},
			})...),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     []string{kube.Deployment},
		},
		Args: func(a *switchArgs) []k8sops.Arg { return []k8sops.Arg{blueGreenArg(&a.Service)} },
		Plan: o.plan,
		Steps: []k8sops.Step[switchArgs, finishState]{
			{Name: "update blue", Resume: k8sops.Again, Do: o.update},
			{Name: "return traffic", Resume: k8sops.Again, Do: o.returnTraffic},
			{Name: "remove green", Resume: k8sops.Again, Do: o.remove},
			{Name: "restore selector", Resume: k8sops.Again, Do: o.restore},
		},
		Verify: o.verify,
		// The old image comes back with /rollback, which the answer offers: there is no second side any more.
	}
}

func (o blueGreenFinish) plan(ctx context.Context, call *k8sops.Call, _ switchArgs) (*k8sops.Plan, finishState, error) {
	s, err := o.prepared(ctx, call)
	if err != nil {
		return nil, finishState{}, err
	}
	line := s.blue.Line()
	switch {
	case s.green.Object == nil:
		return nil, finishState{}, mustBeReady(s.green, s.track, false)
	case !s.switched():
		return nil, finishState{}, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.bluegreen.not_switched", "green", messages.Code(s.track.Green)),
			Suggest: []string{"bluegreen switch " + line, "bluegreen abort " + line}}
	case s.blue.Paused():
		return nil, finishState{}, kube.Paused(s.blue)
	}
	state := finishState{Track: s.track, Service: s.service.Name, Images: map[string]string{}}
	for _, c := range s.green.Template().Spec.Containers {
		if i := indexOf(s.blue.Template().Spec.Containers, c.Name); i >= 0 && s.blue.Template().Spec.Containers[i].Image != c.Image {
			state.Images[c.Name] = c.Image
		}
	}
	planned, err := setImages(ctx, call, s.blue, state.Images, metav1.DryRunAll)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of "+s.blue.Name, err)
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, Summary: messages.New("k8sops.bluegreen.finish.plan",
		"workload", messages.Code(s.blue.Name), "green", messages.Code(s.track.Green), "service", messages.Code(s.service.Name))}
	if err := o.ShowTemplate(plan, s.blue, planned); err != nil {
		return nil, state, err
	}
	return plan, state, o.showEnd(plan, s)
}

// showEnd adds to a plan what ends with the second side.
func (b blueGreen) showEnd(plan *k8sops.Plan, s sides) error {
	plan.Changes = append(plan.Changes, k8sops.FieldChange{
		Object: s.service.Name, Field: "selector", From: selectorText(s.service.Spec.Selector), To: selectorText(s.track.Selector),
	})
	target, err := kube.TargetOf(s.service)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	if s.green.Object == nil {
		return nil
	}
	plan.Changes = append(plan.Changes, k8sops.FieldChange{
		Object: s.track.Green, Field: "deployment", From: fmt.Sprintf("%d × %s", s.green.Replicas(), s.green.Images()), To: "–",
	})
	return nil
}

// setImages sets images by container; without any nothing is sent.
func setImages(ctx context.Context, call *k8sops.Call, w kube.Workload, images map[string]string, dryRun ...string) (kube.Workload, error) {
	if len(images) == 0 {
		return w, nil
	}
	var containers []map[string]string
	for _, c := range w.Template().Spec.Containers {
		if image, changes := images[c.Name]; changes {
			containers = append(containers, map[string]string{"name": c.Name, "image": image})
		}
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"containers": containers}}}})
	if err != nil {
		return kube.Workload{}, fmt.Errorf("set images of %s: %w", w.Name, err)
	}
	return kube.PatchTemplate(ctx, call, w, patch, dryRun...)
}

// update gives blue the new image. Green serves all the while, so that a rollout that fails harms nobody.
func (o blueGreenFinish) update(ctx context.Context, r *finishRun) error {
	target := r.Plan.Targets[0]
	done := func(w kube.Workload) bool { return r.Resumed && kube.HasTemplate(w, target) }
	err := kube.OnUnchanged(ctx, r.Call, target, done, func(w kube.Workload) error {
		_, err := setImages(ctx, r.Call, w, r.State.Images)
		return err
	})
	if err != nil {
		return k8sops.Explain("update "+target.Name, err)
	}
	return o.mustRollOut(ctx, r.Call, target, r.Progress)
}

func (o blueGreenFinish) returnTraffic(ctx context.Context, r *finishRun) error {
	return o.giveBack(ctx, r.Call, r.Plan, r.State.Track, r.Progress, r.Resumed)
}

func (o blueGreenFinish) remove(ctx context.Context, r *finishRun) error {
	return o.removeGreen(ctx, r.Call, r.State.Track, r.Progress)
}

func (o blueGreenFinish) restore(ctx context.Context, r *finishRun) error {
	return o.forget(ctx, r.Call, r.State.Service, r.State.Track)
}

func (o blueGreenFinish) verify(ctx context.Context, r *finishRun) (*k8sops.Verification, error) {
	verdict, err := o.verifyEnd(ctx, r.Call, r.State.Service, r.State.Track, r.Progress)
	if err == nil && verdict.OK {
		verdict.Suggest = []string{"status " + r.State.Track.Blue, "rollback " + r.State.Track.Blue}
	}
	return verdict, err
}

// giveBack lets blue alone take the traffic.
func (b blueGreen) giveBack(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, t track, p k8sops.Progress, resumed bool) error {
	done := func(s *corev1.Service) bool {
		return resumed && (s.Annotations[trackAnnotation] == "" || s.Spec.Selector[versionLabel] == t.BlueVersion)
	}
	err := onService(ctx, call, plan, done, func(s *corev1.Service) error {
		return patchService(ctx, call, s, withVersion(t.Selector, t.BlueVersion), t)
	})
	if err != nil {
		return err
	}
	return b.mustTakeTraffic(ctx, call, behind(plannedService(plan).Name, t), t.BlueVersion, p)
}

// forget gives the Service its selector from before, and drops what was remembered for the way back.
func (b blueGreen) forget(ctx context.Context, call *k8sops.Call, name string, t track) error {
	services := call.Client.Kubernetes.CoreV1().Services(call.Namespace)
	service, err := services.Get(ctx, name, metav1.GetOptions{})
	if err == nil && service.Annotations[trackAnnotation] != "" {
		err = patchService(ctx, call, service, t.Selector, track{})
	}
	if err != nil {
		return k8sops.Explain("restore the selector of "+name, err)
	}
	return b.cancelRemoval(ctx, call, t)
}

// cancelRemoval takes back the removal that was planned when green was prepared; one that is over is none.
func (b blueGreen) cancelRemoval(ctx context.Context, call *k8sops.Call, t track) error {
	planned, err := b.Schedules.Schedules(ctx)
	if err != nil {
		return err
	}
	for _, s := range planned {
		if s.Plan == t.Call {
			if err := b.Schedules.CancelSchedule(ctx, s.Number, call.Source.User, call.Now); err != nil && !errors.Is(err, runs.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// verifyEnd proves that one side is left, and takes the traffic.
func (b blueGreen) verifyEnd(ctx context.Context, call *k8sops.Call, service string, t track, p k8sops.Progress) (*k8sops.Verification, error) {
	if _, err := deployment(ctx, call, t.Green); k8sops.CodeOf(err) != k8sops.CodeNotFound {
		return &k8sops.Verification{Summary: messages.New("k8sops.bluegreen.stays", "green", messages.Code(t.Green), "after", b.RolloutTimeout),
			Suggest: []string{"bluegreen " + t.Blue}}, err
	}
	blue, err := deployment(ctx, call, t.Blue)
	if err != nil {
		return nil, err
	}
	version := blue.Template().Labels[versionLabel]
	now, ok, err := b.awaitTraffic(ctx, call, behind(service, t), version, p)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &k8sops.Verification{Summary: messages.New("k8sops.bluegreen.not_taken", "service", messages.Code(service), "version", messages.Code(version), "after", b.RolloutTimeout),
			Suggest: []string{"status " + t.Blue}}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.bluegreen.ended",
		"workload", messages.Code(t.Blue), "images", blue.Images(), "service", messages.Code(service), "count", now.ready[version])}, nil
}
