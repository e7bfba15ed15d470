package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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

// rolloutRestartOperation is /rollout restart (handbook: 快速恢复, 更新密钥). What changes in the template is decided by
// kubectl's own code.
func rolloutRestartOperation(d kube.Platform) k8sops.Operation {
	r := restart{d}
	return k8sops.Operation{
		Name:    "rollout restart",
		Aliases: []string{"restart"},
		Summary: messages.New("k8sops.restart.summary"),
		Danger:  k8sops.Disruptive,
		Args: []k8sops.Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service_or_all"), Kind: k8sops.KindWorkload, Positional: true, Required: true, AllowAll: true},
		},
		Examples: []string{"rollout restart user", "rollout restart all"},
		Access:   append([]k8sops.Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, kube.WatchRollouts()...),
		Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		Plan:     r.plan,
		Run:      r.run,
		Verify:   r.verify,
		// A restart changes nothing that could be put back.
	}
}

type restart struct{ kube.Platform }

func (r restart) plan(ctx context.Context, call *k8sops.Call) (*k8sops.Plan, error) {
	deployments, err := r.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	for i := range deployments {
		d := &deployments[i]
		planned, err := patchRestart(ctx, call, d, metav1.DryRunAll)
		if err != nil {
			return nil, k8sops.Explain("dry run of restart "+d.Name, err)
		}
		metav1.SetMetaDataAnnotation(&planned.Spec.Template.ObjectMeta, kube.RestartedAt, kube.RestartTime)
		if err := r.Show(plan, d, planned); err != nil {
			return nil, err
		}
		if strategy := d.Spec.Strategy.Type; strategy == appsv1.RecreateDeploymentStrategyType || kube.Replicas(d) == 1 {
			plan.Warning = append(plan.Warning, messages.New("k8sops.restart.gap", "workload", messages.Code(d.Name)))
		}
	}
	plan.Summary = messages.New("k8sops.restart.plan", "count", len(deployments), "workloads", strings.Join(plan.Names(), ", "))
	return plan, nil
}

func (r restart) run(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Result, error) {
	if err := kube.CheckTargets(ctx, call, plan); err != nil {
		return nil, err
	}
	for i, target := range plan.Targets {
		progress.Report(i, len(plan.Targets), messages.New("k8sops.restart.running", "workload", messages.Code(target.Name)))
		err := kube.OnUnchanged(ctx, call, target, func(d *appsv1.Deployment) error {
			_, err := patchRestart(ctx, call, d)
			return err
		})
		if err != nil {
			return nil, k8sops.Halfway(plan, i, k8sops.Explain("restart "+target.Name, err), "")
		}
	}
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneRunning, Title: plan.Summary}}, nil
}

func (r restart) verify(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Verification, error) {
	return r.AwaitRollout(ctx, call, kube.RolloutGoal{
		Names:   plan.Names(),
		Recover: func(name string) string { return "rollback " + name },
	}, progress)
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
