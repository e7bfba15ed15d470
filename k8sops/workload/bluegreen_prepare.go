package workload

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
	"opsbot/runs"
)

// blueGreenPrepare is /bluegreen prepare (handbook: 准备新版本): a green Deployment that is ready and takes no traffic.
type blueGreenPrepare struct{ blueGreen }

type prepareArgs struct {
	Service   k8sops.Workload
	Image     string
	Container string
	Version   string
	For       time.Duration
}

type prepareState struct {
	Track     track  `json:"track"`
	Container string `json:"container"`
	Image     string `json:"image"`
	// LabelBlue: the blue pods have no version yet, and get one first.
	LabelBlue bool          `json:"label_blue,omitempty"`
	Removal   runs.Schedule `json:"removal"`
}

type prepareRun = k8sops.Run[prepareArgs, prepareState]

// mostGreenFor is how long a second version may wait: it takes up as much of the cluster as the first one.
const mostGreenFor = 7 * 24 * time.Hour

func (o blueGreenPrepare) spec() k8sops.ChangeSpec[prepareArgs, prepareState] {
	return k8sops.ChangeSpec[prepareArgs, prepareState]{
		Meta: k8sops.Meta{
			Name:     "bluegreen prepare",
			Summary:  messages.New("k8sops.bluegreen.prepare.summary"),
			Danger:   k8sops.Change,
			Examples: []string{"bluegreen prepare user :1.2", "bluegreen prepare user :1.2 --version v2 --for 4h"},
			Access: blueGreenAccess(slices.Concat(changeService(), []k8sops.Access{
				{Verb: "patch", Group: "apps", Resource: "deployments"}, {Verb: "create", Group: "apps", Resource: "deployments"},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
			})...),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     []string{kube.Deployment},
		},
		Args: func(a *prepareArgs) []k8sops.Arg {
			return []k8sops.Arg{
				blueGreenArg(&a.Service),
				{Name: "image", Into: &a.Image, Summary: messages.New("k8sops.deploy.arg.image"), Positional: true, Required: true,
					Offer: offerImages(o.Platform), OfferNeeds: "service", OfferMore: true},
				{Name: "container", Into: &a.Container, Summary: messages.New("k8sops.deploy.arg.container")},
				{Name: "version", Into: &a.Version, Summary: messages.New("k8sops.bluegreen.arg.version")},
				{Name: "for", Into: &a.For, Summary: messages.New("k8sops.bluegreen.arg.for"), Default: "2h"},
			}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[prepareArgs, prepareState]{
			{Name: "label blue", Resume: k8sops.Again, Do: o.labelBlue},
			{Name: "keep traffic", Resume: k8sops.Again, Do: o.keepTraffic},
			{Name: "plan removal", Resume: k8sops.Again, Do: o.planRemoval},
			{Name: "create green", Resume: k8sops.Again, Do: o.createGreen},
		},
		Verify: o.verify,
		Undo: func(r *prepareRun) *k8sops.Invocation {
			return blueGreenAbort(o).spec().Invoke(abortArgs{Service: k8sops.Workload(r.State.Track.Blue)})
		},
	}
}

func (o blueGreenPrepare) plan(ctx context.Context, call *k8sops.Call, args prepareArgs) (*k8sops.Plan, prepareState, error) {
	var state prepareState
	s, err := o.look(ctx, call)
	if err != nil {
		return nil, state, err
	}
	container, err := chooseContainer(call, s.blue, args.Container)
	if err != nil {
		return nil, state, err
	}
	state.Container = container.Name
	if state.Image, err = newImage(args.Image, container.Image); err != nil {
		return nil, state, err
	}
	if err := o.mayPrepare(s, state, args); err != nil {
		return nil, state, err
	}
	if err := o.name(&state, s, call, args); err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.bluegreen.prepare.plan",
		"workload", messages.Code(s.blue.Name), "green", messages.Code(state.Track.Green), "image", messages.Code(state.Image), "for", args.For)}
	if err := o.show(ctx, call, plan, s, state); err != nil {
		return nil, state, err
	}
	_, err = o.create(ctx, call, s.blue, state, metav1.DryRunAll)
	return plan, state, k8sops.Explain("dry run of "+state.Track.Green, err)
}

// mayPrepare refuses what leads nowhere.
func (o blueGreenPrepare) mayPrepare(s sides, state prepareState, args prepareArgs) error {
	line := s.blue.Line()
	switch {
	case s.track.Green != "":
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.bluegreen.prepared_already", "workload", messages.Code(s.blue.Name), "green", messages.Code(s.track.Green)),
			Suggest: []string{"bluegreen " + line, "bluegreen switch " + line, "bluegreen abort " + line}}
	case args.For < time.Minute || args.For > mostGreenFor:
		return k8sops.Invalid(messages.New("k8sops.bluegreen.bad_for", "for", args.For, "most", mostGreenFor))
	case s.blue.Paused():
		return kube.Paused(s.blue)
	case s.blue.Replicas() == 0:
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.bluegreen.no_pods", "workload", messages.Code(s.blue.Name)), Suggest: []string{"scale " + line + " 1"}}
	case s.blue.Template().Spec.Containers[indexOf(s.blue.Template().Spec.Containers, state.Container)].Image == state.Image:
		return k8sops.Invalid(messages.New("k8sops.deploy.nothing", "workload", messages.Code(s.blue.Name), "image", messages.Code(state.Image)))
	}
	return nil
}

// name decides what the sides are called: v2 follows v1.
func (o blueGreenPrepare) name(state *prepareState, s sides, call *k8sops.Call, args prepareArgs) error {
	old := s.blue.Template().Labels[versionLabel]
	t := track{Blue: s.blue.Name, BlueVersion: old, GreenVersion: args.Version, Selector: s.service.Spec.Selector, Call: call.ID}
	if old == "" {
		t.BlueVersion, state.LabelBlue = "v1", true
	}
	if t.GreenVersion == "" {
		t.GreenVersion = nextVersion(t.BlueVersion)
	}
	t.Green = t.Blue + "-" + t.GreenVersion
	if !versionName.MatchString(t.GreenVersion) || t.GreenVersion == t.BlueVersion || len(t.Green) > 63 {
		return k8sops.Invalid(messages.New("k8sops.bluegreen.bad_version", "version", messages.Code(t.GreenVersion), "blue", messages.Code(t.BlueVersion)))
	}
	state.Track = t
	spec := blueGreenAbort(o).spec()
	op, later := spec.Operation(), spec.Invoke(abortArgs{Service: k8sops.Workload(t.Blue), Unswitched: true})
	state.Removal = kube.NewSchedule(call, call.AskedAt())
	state.Removal.Due = state.Removal.CreatedAt.Add(args.For)
	state.Removal.Operation, state.Removal.Args, state.Removal.Command = op.Name, later.Args, k8sops.Canonical(&op, later.Args)
	return nil
}

var versionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$`)

// nextVersion is v3 after v2, and v2 after whatever is no such number.
func nextVersion(old string) string {
	if number, err := strconv.Atoi(regexp.MustCompile(`^v(\d{1,6})$`).ReplaceAllString(old, "$1")); err == nil {
		return "v" + strconv.Itoa(number+1)
	}
	return "v2"
}

// show lists what is made and changed, and what a person should know of it before.
func (o blueGreenPrepare) show(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, s sides, state prepareState) error {
	t, name := state.Track, messages.Code(s.blue.Name)
	for _, object := range []kube.Object{s.blue, s.service} {
		target, err := kube.TargetOf(object)
		if err != nil {
			return err
		}
		plan.Targets = append(plan.Targets, target)
	}
	if state.LabelBlue {
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: s.blue.Line(), Field: "label version", From: "–", To: t.BlueVersion})
		kube.TwoVersions(plan, messages.New("k8sops.bluegreen.labels_blue", "workload", name, "version", messages.Code(t.BlueVersion)))
	}
	plan.Changes = append(plan.Changes,
		k8sops.FieldChange{Object: s.service.Name, Field: "selector", From: selectorText(t.Selector), To: selectorText(withVersion(t.Selector, t.BlueVersion))},
		k8sops.FieldChange{Object: t.Green, Field: "deployment", From: "–", To: fmt.Sprintf("%d × %s", s.blue.Replicas(), state.Image)})
	scaled, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil {
		return err
	}
	if scaled := scaled[s.blue.Key()]; scaled != nil {
		plan.Warning = append(plan.Warning, messages.New("k8sops.bluegreen.autoscaler", "hpa", messages.Code(scaled.Name)))
	}
	o.Protect(plan, s.blue)
	return deploy{o.Platform}.assess(ctx, call, plan, state.Image)
}

// labelBlue gives the blue pods their version, one after the other.
func (o blueGreenPrepare) labelBlue(ctx context.Context, r *prepareRun) error {
	t := r.State.Track
	if !r.State.LabelBlue {
		return kube.CheckTargets(ctx, r.Call, r.Plan)
	}
	target := r.Plan.Targets[0]
	r.Progress.Report(0, 0, messages.New("k8sops.bluegreen.labelling", "workload", messages.Code(t.Blue), "version", messages.Code(t.BlueVersion)))
	labelled := func(w kube.Workload) bool { return w.Template().Labels[versionLabel] == t.BlueVersion }
	err := kube.OnUnchanged(ctx, r.Call, target, labelled, func(w kube.Workload) error {
		patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"labels":{%q:%q}}}}}`, versionLabel, t.BlueVersion)
		_, err := kube.PatchTemplate(ctx, r.Call, w, []byte(patch))
		return err
	})
	if err != nil {
		return k8sops.Explain("label "+t.Blue, err)
	}
	return o.mustRollOut(ctx, r.Call, k8sops.Target{Kind: kube.Deployment, Name: t.Blue}, r.Progress)
}

// keepTraffic lets the Service's selector fit the blue pods alone, which changes nothing as long as there are no others.
func (o blueGreenPrepare) keepTraffic(ctx context.Context, r *prepareRun) error {
	t := r.State.Track
	done := func(s *corev1.Service) bool { return r.Resumed && s.Annotations[trackAnnotation] != "" }
	err := onService(ctx, r.Call, r.Plan, done, func(s *corev1.Service) error {
		return patchService(ctx, r.Call, s, withVersion(t.Selector, t.BlueVersion), t)
	})
	if err != nil {
		return err
	}
	return o.mustTakeTraffic(ctx, r.Call, behind(plannedService(r.Plan).Name, t), t.BlueVersion, r.Progress)
}

// planRemoval comes before there is anything to remove: what nobody switches to does not stay, whatever becomes of this run.
func (o blueGreenPrepare) planRemoval(ctx context.Context, r *prepareRun) error {
	stored, err := o.Schedules.AddSchedule(ctx, r.State.Removal)
	if err == nil {
		r.State.Removal = stored
	}
	return err
}

func (o blueGreenPrepare) createGreen(ctx context.Context, r *prepareRun) error {
	blue, err := deployment(ctx, r.Call, r.State.Track.Blue)
	if err != nil {
		return err
	}
	_, err = o.create(ctx, r.Call, blue, *r.State)
	return k8sops.Explain("create "+r.State.Track.Green, err)
}

// verify waits until green is ready, and proves that it takes no traffic.
func (o blueGreenPrepare) verify(ctx context.Context, r *prepareRun) (*k8sops.Verification, error) {
	t, service := r.State.Track, plannedService(r.Plan).Name
	goal := rollout.Goal{
		Targets: []k8sops.Target{{Kind: kube.Deployment, Name: t.Green}}, Recover: func(kube.Workload) string { return "bluegreen abort " + t.Blue },
	}
	verdict, err := rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress)
	if err != nil || !verdict.OK {
		return verdict, err
	}
	now, ok, err := o.awaitTraffic(ctx, r.Call, behind(service, t), t.BlueVersion, r.Progress)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &k8sops.Verification{Summary: messages.New("k8sops.bluegreen.leaks", "green", messages.Code(t.Green), "count", now.ready[t.GreenVersion]),
			Suggest: []string{"bluegreen abort " + t.Blue}}, nil
	}
	return &k8sops.Verification{OK: true,
		Summary: messages.New("k8sops.bluegreen.prepare.done", "green", messages.Code(t.Green), "blue", messages.Code(t.Blue), "due", messages.Date(r.State.Removal.Due)),
		Suggest: []string{"bluegreen switch " + t.Blue, "logs " + t.Green + " --errors"}}, nil
}
