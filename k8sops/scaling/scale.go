package scaling

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// scaleOperation is /scale (handbook: 手动扩缩容). It changes the scale subresource only, so that the change cause of the
// running revision stays what it was.
func scaleOperation(d kube.Platform) k8sops.Operation {
	s := scale{d}
	return k8sops.Operation{
		Name:    "scale",
		Summary: messages.New("k8sops.scale.summary"),
		Danger:  k8sops.Change,
		Args: []k8sops.Arg{
			{Name: "service", Summary: messages.New("k8sops.scale.arg.service"), Kind: k8sops.KindWorkload, Positional: true, Required: true, AllowAll: true, Several: true},
			{Name: "replicas", Summary: messages.New("k8sops.scale.arg.replicas"), Kind: k8sops.KindInt, Positional: true, Required: true, Max: 1000},
			{Name: "except", Summary: messages.New("k8sops.scale.arg.except"), Kind: k8sops.KindString},
		},
		Examples: []string{"scale user 5", "scale all 3", "scale order,payment 2", "scale all 3 --except order-service=5,payment-service=2"},
		Access: append([]k8sops.Access{
			{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale"},
			{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
		}, kube.WatchRollouts()...),
		Owners: []k8sops.Role{k8sops.System, k8sops.Development},
		Plan:   s.plan,
		Run:    s.run,
		Verify: s.verify,
		Undo:   s.undo,
	}
}

type scale struct{ kube.Platform }

// plan compares live counts with what was asked, lets autoscalers object, and tries the change on the server.
func (s scale) plan(ctx context.Context, call *k8sops.Call) (*k8sops.Plan, error) {
	deployments, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	wanted, err := wantedCounts(call, deployments)
	if err != nil {
		return nil, err
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change}
	for i := range deployments {
		d := &deployments[i]
		if kube.Replicas(d) == wanted[d.Name] {
			continue
		}
		if err := s.planOne(ctx, call, plan, d, wanted[d.Name], autoscalers[d.Name]); err != nil {
			return nil, err
		}
	}
	plan.Summary = scaleSummary(call, plan)
	plan.NoOp = len(plan.Targets) == 0
	return plan, nil
}

func (s scale) planOne(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, d *appsv1.Deployment, to int, hpa *autoscalingv2.HorizontalPodAutoscaler) error {
	if err := kube.RefusedBy(hpa, d.Name, to); err != nil {
		return err
	}
	if err := patchScale(ctx, call, d, to, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of scale "+d.Name, err)
	}
	target, err := kube.TargetOf(d)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{
		Object: d.Name, Field: "replicas", From: strconv.Itoa(kube.Replicas(d)), To: strconv.Itoa(to),
	})
	s.weigh(plan, d.Name, to, hpa)
	s.Protect(plan, d.Name)
	return nil
}

// weigh raises the danger of scaling low and warns where an autoscaler has the last word.
func (s scale) weigh(plan *k8sops.Plan, name string, to int, hpa *autoscalingv2.HorizontalPodAutoscaler) {
	workload := messages.Code(name)
	switch least := s.LeastReplicas(name); {
	case to == 0:
		plan.Raise(k8sops.Disruptive, messages.New("k8sops.scale.to_zero", "workload", workload))
	case to < least:
		plan.Raise(k8sops.Disruptive, messages.New("k8sops.scale.below_minimum", "workload", workload, "min", least))
	}
	switch {
	case hpa == nil:
	case to == 0:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_pauses", "hpa", messages.Code(hpa.Name)))
	case to > int(hpa.Spec.MaxReplicas):
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_maximum", "hpa", messages.Code(hpa.Name), "max", hpa.Spec.MaxReplicas))
	default:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_overrides", "hpa", messages.Code(hpa.Name),
			"min", kube.Minimum(hpa), "max", hpa.Spec.MaxReplicas))
	}
}

// run scales one deployment after the other, having made sure that none has changed since the plan.
func (s scale) run(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Result, error) {
	if err := kube.CheckTargets(ctx, call, plan); err != nil {
		return nil, err
	}
	for i, target := range plan.Targets {
		progress.Report(i, len(plan.Targets), messages.New("k8sops.scale.running", "workload", messages.Code(target.Name)))
		to, err := strconv.Atoi(plan.Changes[i].To)
		if err != nil {
			return nil, fmt.Errorf("scale %s: plan: %w", target.Name, err)
		}
		err = kube.OnUnchanged(ctx, call, target, func(d *appsv1.Deployment) error { return patchScale(ctx, call, d, to) })
		if err != nil {
			return nil, k8sops.Halfway(plan, i, k8sops.Explain("scale "+target.Name, err), backLine(call.Operation, plan.Changes[:i]))
		}
	}
	return &k8sops.Result{Card: messages.Card{
		Tone:     messages.ToneRunning,
		Title:    plan.Summary,
		Sections: k8sops.ChangeTable(plan.Changes),
	}}, nil
}

// verify waits until every deployment runs exactly the replicas asked for.
func (s scale) verify(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, progress k8sops.Progress) (*k8sops.Verification, error) {
	want := map[string]int{}
	for _, change := range plan.Changes {
		n, err := strconv.Atoi(change.To)
		if err != nil {
			return nil, fmt.Errorf("verify scale %s: plan: %w", change.Object, err)
		}
		want[change.Object] = n
	}
	return s.AwaitRollout(ctx, call, kube.RolloutGoal{Names: plan.Names(), Replicas: want}, progress)
}

// How it is undone: by the same operation, on exactly the deployments that were changed, back to the count that each of
// them had. Undoing "scale all 3" therefore is "scale order-service,payment-service 2", and what had 3 already, or joined
// since, is left alone.
func (s scale) undo(call *k8sops.Call, plan *k8sops.Plan) string {
	return backLine(call.Operation, plan.Changes)
}

// patchScale sets the replicas of exactly the version of d that was read.
func patchScale(ctx context.Context, call *k8sops.Call, d *appsv1.Deployment, to int, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": kube.PinnedVersion(d, dryRun)},
		"spec":     map[string]int{"replicas": to},
	})
	if err != nil {
		return fmt.Errorf("patch scale of %s: %w", d.Name, err)
	}
	_, err = call.Client.Kubernetes.AppsV1().Deployments(d.Namespace).Patch(ctx, d.Name, types.MergePatchType, patch,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()}, "scale")
	return err
}

func scaleSummary(call *k8sops.Call, plan *k8sops.Plan) messages.Text {
	switch len(plan.Changes) {
	case 0:
		return messages.New("k8sops.scale.nothing", "service", messages.Code(call.Args["service"]), "replicas", call.Args.Int("replicas", 0))
	case 1:
		c := plan.Changes[0]
		return messages.New("k8sops.scale.one", "workload", messages.Code(c.Object), "from", c.From, "to", c.To)
	default:
		return messages.New("k8sops.scale.many", "count", len(plan.Changes), "to", call.Args.Int("replicas", 0))
	}
}
