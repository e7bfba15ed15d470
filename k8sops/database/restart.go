package database

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// restart is /db restart (handbook: 重启数据库): /rollout restart for the one workload that runs PostgreSQL, so that the database administrator may do
// it who may restart nothing else.
type restart struct{ kube.Platform }

type restartArgs struct{}

// restartState has nothing to remember: the plan's targets say it all.
type restartState struct{}

type restartRun = k8sops.Run[restartArgs, restartState]

func (o restart) spec() k8sops.ChangeSpec[restartArgs, restartState] {
	return k8sops.ChangeSpec[restartArgs, restartState]{
		Meta: k8sops.Meta{
			Name:     "db restart",
			Summary:  messages.New("k8sops.db.restart.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"db restart"},
			Access:   o.access(),
			Owners:   owners(),
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[restartArgs, restartState]{{Name: "restart", Resume: k8sops.Again, Do: o.restart}},
		Verify: o.verify,
		// A restart changes nothing that could be put back.
	}
}

// access is that of one named workload. One that is found by labels is restarted by those who may restart anything.
func (o restart) access() []k8sops.Access {
	if o.Database.Workload == "" {
		return slices.Concat(kube.TemplateAccess(), rollout.Access())
	}
	return slices.Concat(kube.RestartAccess(o.Database.Workload), rollout.Access())
}

func (o restart) plan(ctx context.Context, call *k8sops.Call, _ restartArgs) (*k8sops.Plan, restartState, error) {
	var state restartState
	w, err := set(o).server(ctx, call)
	if err != nil {
		return nil, state, err
	}
	planned, err := kube.Restart(ctx, call, w, metav1.DryRunAll)
	if err != nil {
		return nil, state, k8sops.Explain("dry run of restart "+w.Name, err)
	}
	metav1.SetMetaDataAnnotation(&planned.Template().ObjectMeta, templatediff.RestartedAt, templatediff.RestartTime)
	plan := &k8sops.Plan{
		Danger: k8sops.Disruptive, Summary: messages.New("k8sops.db.restart.plan", "workload", messages.Code(w.Name)),
		Warning: []messages.Text{messages.New("k8sops.db.restart.gap")},
	}
	return plan, state, o.Show(plan, w, planned)
}

// restart, done again, leaves alone what was restarted since the call was made.
func (o restart) restart(ctx context.Context, r *restartRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	target := r.Plan.Targets[0]
	done := func(w kube.Workload) bool { return r.Resumed && kube.RestartedSince(w, r.Started) }
	err := kube.OnUnchanged(ctx, r.Call, target, done, func(w kube.Workload) error {
		_, err := kube.Restart(ctx, r.Call, w)
		return err
	})
	return k8sops.Explain("restart "+target.Name, err)
}

func (o restart) verify(ctx context.Context, r *restartRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(r.Plan)
	goal.Recover = func(w kube.Workload) string { return "rollout history " + w.Line() }
	return rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress)
}
