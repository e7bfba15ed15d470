package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	"k8s.io/kubectl/pkg/scheme"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// restart is /rollout restart (handbook: 快速恢复, 更新密钥). What changes in the template is decided by kubectl's own code.
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
			Access:   append([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, kube.WatchRollouts()...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
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
	deployments, err := r.Workloads(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	for i := range deployments {
		d := &deployments[i]
		planned, err := patchRestart(ctx, call, d, metav1.DryRunAll)
		if err != nil {
			return nil, state, k8sops.Explain("dry run of restart "+d.Name, err)
		}
		metav1.SetMetaDataAnnotation(&planned.Spec.Template.ObjectMeta, kube.RestartedAt, kube.RestartTime)
		if err := r.Show(plan, d, planned); err != nil {
			return nil, state, err
		}
		if strategy := d.Spec.Strategy.Type; strategy == appsv1.RecreateDeploymentStrategyType || kube.Replicas(d) == 1 {
			plan.Warning = append(plan.Warning, messages.New("k8sops.restart.gap", "workload", messages.Code(d.Name)))
		}
	}
	plan.Summary = messages.New("k8sops.restart.plan", "count", len(deployments), "workloads", strings.Join(plan.Names(), ", "))
	return plan, state, nil
}

// restart restarts one workload after the other. When it is done again, those that were restarted since the call was made are
// left alone.
func (r restart) restart(ctx context.Context, run *restartRun) error {
	if !run.Resumed {
		if err := kube.CheckTargets(ctx, run.Call, run.Plan); err != nil {
			return err
		}
	}
	done := func(d *appsv1.Deployment) bool { return run.Resumed && restartedSince(d, run.Started) }
	for i, target := range run.Plan.Targets {
		run.Progress.Report(i, len(run.Plan.Targets), messages.New("k8sops.restart.running", "workload", messages.Code(target.Name)))
		err := kube.OnUnchanged(ctx, run.Call, target, done, func(d *appsv1.Deployment) error {
			_, err := patchRestart(ctx, run.Call, d)
			return err
		})
		if err != nil {
			return k8sops.PartialFailure(run.Plan, i, k8sops.Explain("restart "+target.Name, err), nil)
		}
	}
	return nil
}

// restartedSince reads the time that kubectl's restarter stamps into the template, which has whole seconds.
func restartedSince(d *appsv1.Deployment, since time.Time) bool {
	at, err := time.Parse(time.RFC3339, d.Spec.Template.Annotations[kube.RestartedAt])
	return err == nil && !at.Before(since.Truncate(time.Second))
}

func (r restart) verify(ctx context.Context, run *restartRun) (*k8sops.Verification, error) {
	return r.AwaitRollout(ctx, run.Call, kube.RolloutGoal{
		Names:   run.Plan.Names(),
		Recover: func(name string) string { return "rollback " + name },
	}, run.Progress)
}

// patchRestart sends the difference that kubectl's restarter makes, for exactly the version of d that was read.
func patchRestart(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment, dryRun ...string) (*appsv1.Deployment, error) {
	if d.Spec.Paused {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(d.Name))}
	}
	before, err := runtime.Encode(scheme.Codecs.LegacyCodec(appsv1.SchemeGroupVersion), d)
	if err != nil {
		return nil, fmt.Errorf("restart %s: %w", d.Name, err)
	}
	after, err := polymorphichelpers.ObjectRestarterFn(d.DeepCopy())
	if err != nil {
		return nil, fmt.Errorf("restart %s: %w", d.Name, err)
	}
	patch, err := strategicpatch.CreateTwoWayMergePatch(before, after, appsv1.Deployment{})
	if err != nil {
		return nil, fmt.Errorf("restart %s: %w", d.Name, err)
	}
	return patchTemplate(ctx, call, d, patch, dryRun...)
}

// patchTemplate sends a strategic merge patch of a deployment together with the version it is for and the change cause
// that the rollout history will show.
func patchTemplate(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment, patch []byte, dryRun ...string) (*appsv1.Deployment, error) {
	var fields map[string]any
	if err := json.Unmarshal(patch, &fields); err != nil {
		return nil, fmt.Errorf("patch %s: %w", d.Name, err)
	}
	fields["metadata"] = map[string]any{
		"resourceVersion": kube.PinnedVersion(d, dryRun),
		"annotations":     map[string]string{polymorphichelpers.ChangeCauseAnnotation: call.ChangeCause()},
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", d.Name, err)
	}
	return call.Client.Kubernetes.AppsV1().Deployments(d.Namespace).Patch(ctx, d.Name, types.StrategicMergePatchType, data,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
}
