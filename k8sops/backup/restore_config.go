package backup

import (
	"context"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// restoreConfig is /restore config (handbook: 配置恢复): what a backup of the configuration would change is shown and tried first. A
// safety backup follows, then the objects are applied in the order of what needs what, and the services are restarted.
type restoreConfig struct{ Deps }

type restoreConfigArgs struct{ ID, Only string }

// restoreConfigState is the backup, what is applied of it, the safety backup, and the services that could not be restarted.
type restoreConfigState struct {
	Backup string `json:"backup"` // key of the manifest
	// Apply are the objects that differ from the backup, in order.
	Apply []appliedObject `json:"apply,omitempty"`
	// Scaled are the workloads whose replicas an autoscaler decides.
	Scaled  []string      `json:"scaled,omitempty"`
	Safety  *Backup       `json:"safety,omitempty"`
	Running []string      `json:"running,omitempty"`
	Refusal messages.Text `json:"refusal,omitzero"`
}

// appliedObject is one that is created or changed.
type appliedObject struct {
	ObjectRef
	Resource string `json:"resource"`
	Create   bool   `json:"create,omitempty"`
	// Force: the plan says from whom it takes over fields.
	Force bool `json:"force,omitempty"`
}

type restoreConfigRun = k8sops.Run[restoreConfigArgs, restoreConfigState]

func (o restoreConfig) spec() k8sops.ChangeSpec[restoreConfigArgs, restoreConfigState] {
	return k8sops.ChangeSpec[restoreConfigArgs, restoreConfigState]{
		Meta: k8sops.Meta{
			Name:     "restore config",
			Aliases:  []string{"restore configuration"},
			Summary:  messages.New("k8sops.restore_config.summary"),
			Danger:   k8sops.Destructive,
			Examples: []string{"restore config 20260302-093000-c0ffee", "restore config 20260302-093000-c0ffee --only ConfigMap/app-config"},
			Access:   slices.Concat(o.configAccess(true), rollout.Access()),
			Owners:   []k8sops.Role{k8sops.System},
		},
		Args: func(a *restoreConfigArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "id", Into: &a.ID, Summary: messages.New("k8sops.restore.arg.id"), Positional: true, Required: true, Offer: o.offerConfig},
				{Name: "only", Into: &a.Only, Summary: messages.New("k8sops.restore_config.arg.only"), Offer: o.offerObjects, OfferNeeds: "id"},
			}
		},
		Plan: o.plan,
		// Each looks at what is there, and doing it twice does no harm.
		Steps: []k8sops.Step[restoreConfigArgs, restoreConfigState]{
			{Name: "safety backup", Resume: k8sops.Again, Do: o.secure},
			{Name: "apply", Resume: k8sops.Again, Do: o.apply},
			{Name: "restart services", Resume: k8sops.Again, Do: o.restart},
		},
		Verify: o.verify,
		Report: o.report,
		Undo: func(r *restoreConfigRun) *k8sops.Invocation {
			if r.State.Safety == nil || !o.canRead(r.State.Safety) {
				return nil
			}
			return o.spec().Invoke(restoreConfigArgs{ID: r.State.Safety.ID, Only: r.Args.Only})
		},
	}
}

// secure makes and reads back the safety backup.
func (o restoreConfig) secure(ctx context.Context, r *restoreConfigRun) error {
	backups := backupConfig(o)
	safety, err := backups.take(ctx, r.Call, r.Progress)
	if err != nil {
		return err
	}
	if err := backups.prove(ctx, safety); err != nil {
		return k8sops.Explain("read back safety backup "+safety.ID, err)
	}
	if err := safety.Save(ctx, o.Backups); err != nil {
		return err
	}
	safety.Objects = nil // the manifest has them
	r.State.Safety = safety
	return nil
}

// restart restarts the services, those that were restarted already excepted.
func (o restoreConfig) restart(ctx context.Context, r *restoreConfigRun) error {
	r.State.Running = nil
	workloads, err := o.Backends(ctx, r.Call)
	if err != nil {
		return err
	}
	for i, w := range workloads {
		r.Progress.Report(i, len(workloads), messages.New("k8sops.restore.restarting", "workload", messages.Code(w.Name)))
		switch err := kube.RestartOnce(ctx, r.Call, w, r.Started); {
		case err != nil && (k8sops.CodeOf(err) == k8sops.CodeForbidden || w.Paused()):
			r.State.Running, r.State.Refusal = append(r.State.Running, w.Line()), k8sops.WhyNot(err)
		case err != nil:
			return err
		}
	}
	return nil
}

// verify compares every object with the backup, and waits for the workloads.
func (o restoreConfig) verify(ctx context.Context, r *restoreConfigRun) (*k8sops.Verification, error) {
	wanted, err := o.wanted(ctx, r)
	if err != nil {
		return nil, err
	}
	var differ []string
	goal := rollout.Goal{}
	for _, a := range r.State.Apply {
		settled, _, err := o.settled(ctx, r.Call, a, wanted[a.ObjectRef], r.State.Scaled)
		if err != nil {
			return nil, err
		}
		if !settled {
			differ = append(differ, a.String())
		}
		if slices.Contains(kube.RollingKinds(), a.Kind) && strings.HasPrefix(a.APIVersion, "apps/") {
			goal.Targets = append(goal.Targets, k8sops.Target{Kind: a.Kind, Name: a.Name})
		}
	}
	if len(differ) > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.restore_config.differs", "objects", shortList(differ))}, nil
	}
	workloads, err := o.Backends(ctx, r.Call)
	if err != nil {
		return nil, err
	}
	for _, w := range workloads {
		target := k8sops.Target{Kind: w.Kind, Name: w.Name}
		if !slices.ContainsFunc(goal.Targets, func(t k8sops.Target) bool { return t.Key() == target.Key() }) && !w.Paused() {
			goal.Targets = append(goal.Targets, target)
		}
	}
	if verdict, err := rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress); err != nil || !verdict.OK {
		return verdict, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.restore_config.done", "id", messages.Code(r.Args.ID), "count", len(r.State.Apply))}, nil
}

func (o restoreConfig) report(r *restoreConfigRun) *k8sops.Result {
	card := messages.Card{Tone: messages.ToneRunning, Title: r.Plan.Summary}
	if r.State.Safety != nil {
		card.Facts = []messages.Fact{{Label: messages.New("k8sops.restore.fact.safety"), Value: messages.Literal(r.State.Safety.ID)}}
	}
	suggest := []string{"health"}
	if len(r.State.Running) > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.restore.not_restarted", "services", strings.Join(r.State.Running, ", "), "reason", r.State.Refusal))
	}
	return &k8sops.Result{Card: card, Suggest: suggest}
}

// shortList is a list for one line.
func shortList(names []string) string { return messages.Clip(strings.Join(names, ", "), 600) }
