package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// deploy is /deploy (handbook: 更新应用镜像, kubectl set image).
type deploy struct{ kube.Platform }

type deployArgs struct {
	Service   k8sops.Workload
	Image     string
	Container string
}

// deployState is what is set, and what ran before: a revision or, of a cron job, which has none, an image.
type deployState struct {
	Workload  string `json:"workload"`
	Container string `json:"container"`
	Image     string `json:"image"`
	Previous  int64  `json:"previous"`
	Before    string `json:"before,omitempty"`
}

type deployRun = k8sops.Run[deployArgs, deployState]

func (o deploy) spec() k8sops.ChangeSpec[deployArgs, deployState] {
	return k8sops.ChangeSpec[deployArgs, deployState]{
		Meta: k8sops.Meta{
			Name:     "deploy",
			Aliases:  []string{"set image"},
			Summary:  messages.New("k8sops.deploy.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"deploy user user-service:1.1", "deploy user :1.1"},
			Access: slices.Concat(kube.TemplateAccess(), readHistory(), []k8sops.Access{
				{Verb: "patch", Group: "batch", Resource: "cronjobs"}, {Verb: "get", Group: "batch", Resource: "cronjobs"},
			}, rollout.Access()),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			On:     append(kube.RollingKinds(), kube.CronJob),
		},
		Args: func(a *deployArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "image", Into: &a.Image, Summary: messages.New("k8sops.deploy.arg.image"), Positional: true, Required: true,
					Offer: offerImages(o.Platform), OfferNeeds: "service", OfferMore: true},
				{Name: "container", Into: &a.Container, Summary: messages.New("k8sops.deploy.arg.container")},
			}
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[deployArgs, deployState]{{Name: "set image", Resume: k8sops.Again, Do: o.setImage}},
		Verify: o.verify,
		Undo: func(r *deployRun) *k8sops.Invocation {
			if r.State.Before != "" {
				return o.spec().Invoke(deployArgs{k8sops.Workload(r.State.Workload), r.State.Before, r.State.Container})
			}
			return rollback(o).to(r.State.Workload, r.State.Previous)
		},
	}
}

func (o deploy) plan(ctx context.Context, call *k8sops.Call, args deployArgs) (*k8sops.Plan, deployState, error) {
	var state deployState
	w, err := o.Workload(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	container, err := chooseContainer(call, w, args.Container)
	if err != nil {
		return nil, state, err
	}
	image, err := newImage(args.Image, container.Image)
	if err != nil {
		return nil, state, err
	}
	state = deployState{Workload: w.Line(), Container: container.Name, Image: image}
	if state.Previous, err = currentRevision(ctx, call, w); err != nil {
		return nil, state, err
	}
	if w.Kind == kube.CronJob {
		state.Before = container.Image
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	if image == container.Image {
		plan.NoOp = true
		plan.Summary = messages.New("k8sops.deploy.nothing", "workload", messages.Code(w.Name), "image", messages.Code(image))
		return plan, state, nil
	}
	plan.Summary = messages.New("k8sops.deploy.plan", "workload", messages.Code(w.Name),
		"from", messages.Code(container.Image), "to", messages.Code(image))
	if err := o.assess(ctx, call, plan, image); err != nil {
		return nil, state, err
	}
	switch {
	case w.OnDelete():
		plan.Warning = append(plan.Warning, messages.New("k8sops.rollout.on_delete", "workload", messages.Code(w.Name)))
	case w.Kind == kube.CronJob:
		plan.Warning = append(plan.Warning, messages.New("k8sops.deploy.next_job", "workload", messages.Code(w.Name)))
	}
	planned, err := patchImage(ctx, call, w, state, metav1.DryRunAll)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of deploy "+w.Name, err)
	}
	return plan, state, o.ShowTemplate(plan, w, planned)
}

// assess says what is doubtful about the new image: a tag that moves, and a registry that nothing comes from yet.
func (o deploy) assess(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, image string) error {
	if moves(image) {
		plan.Warning = append(plan.Warning, messages.New("k8sops.deploy.latest"))
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return err
	}
	var inUse []string
	for _, w := range workloads {
		for _, c := range w.Template().Spec.Containers {
			inUse = append(inUse, originOf(c.Image))
		}
	}
	o.Image(plan, fullName(image), originOf(image), inUse)
	return nil
}

// currentRevision is the revision that a rollback comes back to, 0 of a cron job, which keeps none.
func currentRevision(ctx context.Context, call *k8sops.Call, w kube.Workload) (int64, error) {
	if w.Kind == kube.CronJob {
		return 0, nil
	}
	revisions, err := rollout.RevisionsOf(ctx, call, w)
	return rollout.CurrentRevision(w, revisions), err
}

func (o deploy) setImage(ctx context.Context, r *deployRun) error {
	target := r.Plan.Targets[0]
	r.Progress.Report(0, 1, messages.New("k8sops.deploy.running", "workload", messages.Code(target.Name), "image", messages.Code(r.State.Image)))
	done := func(w kube.Workload) bool { return r.Resumed && kube.HasTemplate(w, target) }
	err := kube.OnUnchanged(ctx, r.Call, target, done, func(w kube.Workload) error {
		_, err := patchImage(ctx, r.Call, w, *r.State)
		return err
	})
	return k8sops.Explain("deploy "+target.Name, err)
}

// verify watches the rollout; one that fails offers the rollback.
func (o deploy) verify(ctx context.Context, r *deployRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(r.Plan)
	goal.Recover = func(kube.Workload) string { return rollback(o).toLine(r.State.Workload, r.State.Previous) }
	return rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress)
}

func patchImage(ctx context.Context, call *k8sops.Call, w kube.Workload, state deployState, dryRun ...string) (kube.Workload, error) {
	if w.Paused() {
		return kube.Workload{}, kube.Paused(w)
	}
	spec := map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []map[string]string{{"name": state.Container, "image": state.Image}},
	}}}
	if w.Kind == kube.CronJob {
		spec = map[string]any{"jobTemplate": map[string]any{"spec": spec}}
	}
	patch, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		return kube.Workload{}, fmt.Errorf("set image of %s: %w", w.Name, err)
	}
	return kube.PatchTemplate(ctx, call, w, patch, dryRun...)
}
