package k8sops

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

	"opsbot/messages"
)

// rolloutRestartOperation is /rollout restart (handbook: 快速恢复, 更新密钥). What changes in the template is decided by
// kubectl's own code.
func rolloutRestartOperation(d Platform) Operation {
	r := restart{d}
	return Operation{
		Name:    "rollout restart",
		Aliases: []string{"restart"},
		Summary: messages.New("k8sops.restart.summary"),
		Danger:  Disruptive,
		Args: []Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service_or_all"), Kind: KindWorkload, Positional: true, Required: true, AllowAll: true},
		},
		Examples: []string{"rollout restart user", "rollout restart all"},
		Access:   append([]Access{{Verb: "patch", Group: "apps", Resource: "deployments"}}, watchRollouts()...),
		Owners:   []Role{System, Development},
		Plan:     r.plan,
		Run:      r.run,
		Verify:   r.verify,
		// A restart changes nothing that could be put back.
	}
}

type restart struct{ Platform }

func (r restart) plan(ctx context.Context, call *Call) (*Plan, error) {
	deployments, err := r.workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	plan := &Plan{Danger: Disruptive}
	for i := range deployments {
		d := &deployments[i]
		planned, err := patchRestart(ctx, call, d, metav1.DryRunAll)
		if err != nil {
			return nil, explain("dry run of restart "+d.Name, err)
		}
		metav1.SetMetaDataAnnotation(&planned.Spec.Template.ObjectMeta, restartedAt, restartTime)
		if err := r.show(plan, d, planned); err != nil {
			return nil, err
		}
		if strategy := d.Spec.Strategy.Type; strategy == appsv1.RecreateDeploymentStrategyType || replicas(d) == 1 {
			plan.Warning = append(plan.Warning, messages.New("k8sops.restart.gap", "workload", messages.Code(d.Name)))
		}
	}
	plan.Summary = messages.New("k8sops.restart.plan", "count", len(deployments), "workloads", strings.Join(plan.names(), ", "))
	return plan, nil
}

func (r restart) run(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Result, error) {
	if err := CheckTargets(ctx, call, plan); err != nil {
		return nil, err
	}
	for i, target := range plan.Targets {
		progress.Report(i, len(plan.Targets), messages.New("k8sops.restart.running", "workload", messages.Code(target.Name)))
		err := onUnchanged(ctx, call, target, func(d *appsv1.Deployment) error {
			_, err := patchRestart(ctx, call, d)
			return err
		})
		if err != nil {
			return nil, halfway(plan, i, explain("restart "+target.Name, err), "")
		}
	}
	return &Result{Card: messages.Card{Tone: messages.ToneRunning, Title: plan.Summary}}, nil
}

func (r restart) verify(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Verification, error) {
	return r.awaitRollout(ctx, call, rolloutGoal{
		names:   plan.names(),
		recover: func(name string) string { return "rollback " + name },
	}, progress)
}

// patchRestart sends the difference that kubectl's restarter makes, for exactly the version of d that was read.
func patchRestart(ctx context.Context, call *Call, d *appsv1.Deployment, dryRun ...string) (*appsv1.Deployment, error) {
	if d.Spec.Paused {
		return nil, &Error{Code: CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(d.Name))}
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
func patchTemplate(ctx context.Context, call *Call, d *appsv1.Deployment, patch []byte, dryRun ...string) (*appsv1.Deployment, error) {
	var fields map[string]any
	if err := json.Unmarshal(patch, &fields); err != nil {
		return nil, fmt.Errorf("patch %s: %w", d.Name, err)
	}
	fields["metadata"] = map[string]any{
		"resourceVersion": pinnedVersion(d, dryRun),
		"annotations":     map[string]string{polymorphichelpers.ChangeCauseAnnotation: call.changeCause()},
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", d.Name, err)
	}
	return call.Client.Kubernetes.AppsV1().Deployments(d.Namespace).Patch(ctx, d.Name, types.StrategicMergePatchType, data,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.fieldManager()})
}
