package workload

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// restart is /rollout restart (handbook: 快速恢复, 更新密钥).
type restart struct{ kube.Platform }

type restartArgs struct{ Service k8sops.Workload }

// restartState has nothing to remember: the plan's targets say it all.
type restartState struct{}

type restartRun = k8sops.Run[restartArgs, restartState]

func (r restart) spec() k8sops.ChangeSpec[restartArgs, restartState] {
	return k8sops.ChangeSpec[restartArgs, restartState]{
		Meta: k8sops.Meta{
			Name:     "rollout restart",
			Aliases:  []string{"restart"},
			Summary:  messages.New("k8sops.restart.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"rollout restart user", "rollout restart all"},
			Access:   append(kube.TemplateAccess(), rollout.Access()...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
			On:       kube.RollingKinds(),
		},
		Args: func(a *restartArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service_or_all"), Positional: true, Required: true, AllowAll: true},
			}
		},
		Plan:   r.plan,
		Steps:  []k8sops.Step[restartArgs, restartState]{{Name: "restart", Resume: k8sops.Again, Do: r.restart}},
		Verify: r.verify,
		// A restart changes nothing that could be put back.
	}
}

func (r restart) plan(ctx context.Context, call *k8sops.Call, _ restartArgs) (*k8sops.Plan, restartState, error) {
	var state restartState
	workloads, err := r.Workloads(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	for _, w := range workloads {
		planned, err := kube.Restart(ctx, call, w, metav1.DryRunAll)
		if err != nil {
			return nil, state, k8sops.Explain("dry run of restart "+w.Name, err)
		}
		metav1.SetMetaDataAnnotation(&planned.Template().ObjectMeta, templatediff.RestartedAt, templatediff.RestartTime)
		if err := r.Show(plan, w, planned); err != nil {
			return nil, state, err
		}
		plan.Warning = append(plan.Warning, restartWarnings(w)...)
	}
	plan.Summary = messages.New("k8sops.restart.plan", "count", len(workloads), "workloads", strings.Join(plan.Names(), ", "))
	return plan, state, nil
}

// restartWarnings say where a restart is not what one expects: a gap in service, or nothing at all.
func restartWarnings(w kube.Workload) []messages.Text {
	name := messages.Code(w.Name)
	if w.OnDelete() {
		return []messages.Text{messages.New("k8sops.rollout.on_delete", "workload", name)}
	}
	d := w.Deployment()
	recreates := d != nil && d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType
	// A stateful set deletes a pod before it makes its successor.
	if recreates || w.Kind != kube.DaemonSet && w.Replicas() == 1 {
		return []messages.Text{messages.New("k8sops.restart.gap", "workload", name)}
	}
	return nil
}

// restart restarts one workload after the other. When it is done again, those that were restarted since the call was made are
// left alone.
func (r restart) restart(ctx context.Context, run *restartRun) error {
	if !run.Resumed {
		if err := kube.CheckTargets(ctx, run.Call, run.Plan); err != nil {
			return err
		}
	}
	done := func(w kube.Workload) bool { return run.Resumed && kube.RestartedSince(w, run.Started) }
	for i, target := range run.Plan.Targets {
		run.Progress.Report(i, len(run.Plan.Targets), messages.New("k8sops.restart.running", "workload", messages.Code(target.Name)))
		err := kube.OnUnchanged(ctx, run.Call, target, done, func(w kube.Workload) error {
			_, err := kube.Restart(ctx, run.Call, w)
			return err
		})
		if err != nil {
			return k8sops.PartialFailure(run.Plan, i, k8sops.Explain("restart "+target.Name, err), nil)
		}
	}
	return nil
}

func (r restart) verify(ctx context.Context, run *restartRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(run.Plan)
	// A rollback cannot help: what ran before had the same template.
	goal.Recover = func(w kube.Workload) string { return "rollout history " + w.Line() }
	return rollout.Await(ctx, r.Platform, run.Call, goal, run.Progress)
}
