package k8sops

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/messages"
)

// scaleOperation is /scale (handbook: 手动扩缩容). It changes the scale subresource only, so that the change cause of the
// running revision stays what it was.
func scaleOperation(d Platform) Operation {
	s := scale{d}
	return Operation{
		Name:    "scale",
		Summary: messages.New("k8sops.scale.summary"),
		Danger:  Change,
		Args: []Arg{
			{Name: "service", Summary: messages.New("k8sops.scale.arg.service"), Kind: KindWorkload, Positional: true, Required: true, AllowAll: true, Several: true},
			{Name: "replicas", Summary: messages.New("k8sops.scale.arg.replicas"), Kind: KindInt, Positional: true, Required: true, Max: 1000},
			{Name: "except", Summary: messages.New("k8sops.scale.arg.except"), Kind: KindString},
		},
		Examples: []string{"scale user 5", "scale all 3", "scale order,payment 2", "scale all 3 --except order-service=5,payment-service=2"},
		Access: append([]Access{
			{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale"},
			{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
		}, watchRollouts()...),
		Owners: []Role{System, Development},
		Plan:   s.plan,
		Run:    s.run,
		Verify: s.verify,
		Undo:   s.undo,
	}
}

type scale struct{ Platform }

// plan compares live counts with what was asked, lets autoscalers object, and tries the change on the server.
func (s scale) plan(ctx context.Context, call *Call) (*Plan, error) {
	deployments, err := s.workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	wanted, err := wantedCounts(call, deployments)
	if err != nil {
		return nil, err
	}
	autoscalers, err := autoscalersByTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Danger: Change}
	for i := range deployments {
		d := &deployments[i]
		if replicas(d) == wanted[d.Name] {
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

func (s scale) planOne(ctx context.Context, call *Call, plan *Plan, d *appsv1.Deployment, to int, hpa *autoscalingv2.HorizontalPodAutoscaler) error {
	if err := refusedBy(hpa, d.Name, to); err != nil {
		return err
	}
	if err := patchScale(ctx, call, d, to, metav1.DryRunAll); err != nil {
		return explain("dry run of scale "+d.Name, err)
	}
	target, err := targetOf(d)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, FieldChange{
		Object: d.Name, Field: "replicas", From: strconv.Itoa(replicas(d)), To: strconv.Itoa(to),
	})
	s.weigh(plan, d.Name, to, hpa)
	s.protect(plan, d.Name)
	return nil
}

// weigh raises the danger of scaling low and warns where an autoscaler has the last word.
func (s scale) weigh(plan *Plan, name string, to int, hpa *autoscalingv2.HorizontalPodAutoscaler) {
	workload := messages.Code(name)
	switch least := s.minReplicas(name); {
	case to == 0:
		plan.raise(Disruptive, messages.New("k8sops.scale.to_zero", "workload", workload))
	case to < least:
		plan.raise(Disruptive, messages.New("k8sops.scale.below_minimum", "workload", workload, "min", least))
	}
	switch {
	case hpa == nil:
	case to == 0:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_pauses", "hpa", messages.Code(hpa.Name)))
	case to > int(hpa.Spec.MaxReplicas):
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_maximum", "hpa", messages.Code(hpa.Name), "max", hpa.Spec.MaxReplicas))
	default:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_overrides", "hpa", messages.Code(hpa.Name),
			"min", minimum(hpa), "max", hpa.Spec.MaxReplicas))
	}
}

// run scales one deployment after the other, having made sure that none has changed since the plan.
func (s scale) run(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Result, error) {
	if err := CheckTargets(ctx, call, plan); err != nil {
		return nil, err
	}
	for i, target := range plan.Targets {
		progress.Report(i, len(plan.Targets), messages.New("k8sops.scale.running", "workload", messages.Code(target.Name)))
		to, err := strconv.Atoi(plan.Changes[i].To)
		if err != nil {
			return nil, fmt.Errorf("scale %s: plan: %w", target.Name, err)
		}
		err = onUnchanged(ctx, call, target, func(d *appsv1.Deployment) error { return patchScale(ctx, call, d, to) })
		if err != nil {
			return nil, halfway(plan, i, explain("scale "+target.Name, err), backLine(call.Operation, plan.Changes[:i]))
		}
	}
	return &Result{Card: messages.Card{
		Tone:     messages.ToneRunning,
		Title:    plan.Summary,
		Sections: changeTable(plan.Changes),
	}}, nil
}

// verify waits until every deployment runs exactly the replicas asked for.
func (s scale) verify(ctx context.Context, call *Call, plan *Plan, progress Progress) (*Verification, error) {
	want := map[string]int{}
	for _, change := range plan.Changes {
		n, err := strconv.Atoi(change.To)
		if err != nil {
			return nil, fmt.Errorf("verify scale %s: plan: %w", change.Object, err)
		}
		want[change.Object] = n
	}
	return s.awaitRollout(ctx, call, rolloutGoal{names: plan.names(), replicas: want}, progress)
}

// How it is undone: by the same operation, on exactly the deployments that were changed, back to the count that each of
// them had. Undoing "scale all 3" therefore is "scale order-service,payment-service 2", and what had 3 already, or joined
// since, is left alone.
func (s scale) undo(call *Call, plan *Plan) string { return backLine(call.Operation, plan.Changes) }

// patchScale sets the replicas of exactly the version of d that was read.
func patchScale(ctx context.Context, call *Call, d *appsv1.Deployment, to int, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": pinnedVersion(d, dryRun)},
		"spec":     map[string]int{"replicas": to},
	})
	if err != nil {
		return fmt.Errorf("patch scale of %s: %w", d.Name, err)
	}
	_, err = call.Client.Kubernetes.AppsV1().Deployments(d.Namespace).Patch(ctx, d.Name, types.MergePatchType, patch,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.fieldManager()}, "scale")
	return err
}

func scaleSummary(call *Call, plan *Plan) messages.Text {
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
