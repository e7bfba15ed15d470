package scaling

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// scale is /scale (handbook: 手动扩缩容).
type scale struct{ kube.Platform }

// scaleArgs are what a person types: "scale user,order 5 --except order=3".
type scaleArgs struct {
	Services k8sops.Workloads
	Replicas int
	Except   string
}

// scaleState is every workload whose count changes, in the order of the plan's targets.
type scaleState struct {
	Counts []countChange `json:"counts"`
}

type countChange struct {
	Target   string `json:"target"`   // the plan's key of the workload
	Workload string `json:"workload"` // as a person names it
	From     int    `json:"from"`
	To       int    `json:"to"`
}

type scaleRun = k8sops.Run[scaleArgs, scaleState]

// spec changes the scale subresource only, so that the change cause of the running revision stays what it was.
func (s scale) spec() k8sops.ChangeSpec[scaleArgs, scaleState] {
	return k8sops.ChangeSpec[scaleArgs, scaleState]{
		Meta: k8sops.Meta{
			Name:     "scale",
			Summary:  messages.New("k8sops.scale.summary"),
			Danger:   k8sops.Change,
			Examples: []string{"scale user 5", "scale all 3", "scale order,payment 2", "scale all 3 --except order-service=5,payment-service=2"},
			Access: append([]k8sops.Access{
				{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale"},
				{Verb: "patch", Group: "apps", Resource: "statefulsets", Subresource: "scale"},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers"},
			}, rollout.Access()...),
			Owners: []k8sops.Role{k8sops.System, k8sops.Development},
			// Custom resources need a role of their own: patch on their scale subresource.
			On: []string{kube.Deployment, kube.StatefulSet, kube.Scalable},
		},
		Args: func(a *scaleArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Services, Summary: messages.New("k8sops.scale.arg.service"), Positional: true, Required: true, AllowAll: true},
				{Name: "replicas", Into: &a.Replicas, Summary: messages.New("k8sops.scale.arg.replicas"), Positional: true, Required: true, Max: maxReplicas},
				{Name: "except", Into: &a.Except, Summary: messages.New("k8sops.scale.arg.except")},
			}
		},
		Plan:   s.plan,
		Steps:  []k8sops.Step[scaleArgs, scaleState]{{Name: "scale", Resume: k8sops.Again, Do: s.scale}},
		Verify: s.verify,
		Undo:   func(r *scaleRun) *k8sops.Invocation { return s.back(r.State.Counts) },
	}
}

// maxReplicas bounds a slip of the finger.
const maxReplicas = 1000

// plan compares live counts with what was asked, lets autoscalers object, and tries the change on the server.
func (s scale) plan(ctx context.Context, call *k8sops.Call, args scaleArgs) (*k8sops.Plan, scaleState, error) {
	var state scaleState
	workloads, err := s.Workloads(ctx, call, "service")
	if err != nil {
		return nil, state, err
	}
	wanted, err := wantedCounts(call, args, workloads)
	if err != nil {
		return nil, state, err
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, call)
	if err != nil {
		return nil, state, err
	}
	plan, smaller := &k8sops.Plan{Danger: k8sops.Change}, 0
	for _, w := range workloads {
		change := countChange{w.Key(), w.Line(), w.Replicas(), wanted[w.Key()]}
		if change.From == change.To {
			continue
		}
		if err := s.planOne(ctx, call, plan, w, change, autoscalers[w.Key()]); err != nil {
			return nil, state, err
		}
		state.Counts = append(state.Counts, change)
		if change.To < change.From {
			smaller++
		}
	}
	s.ScalingDown(plan, smaller)
	plan.Summary = summary(args, state.Counts)
	plan.NoOp = len(state.Counts) == 0
	return plan, state, nil
}

func (s scale) planOne(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, w kube.Workload, change countChange, hpa *autoscalingv2.HorizontalPodAutoscaler) error {
	if err := kube.RefusedBy(hpa, w.Name, change.To); err != nil {
		return err
	}
	if err := patchScale(ctx, call, w, change.To, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of scale "+w.Name, err)
	}
	target, err := kube.TargetOf(w)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{
		Object: w.Name, Field: "replicas", From: strconv.Itoa(change.From), To: strconv.Itoa(change.To),
	})
	s.Scaling(plan, w, change.From, change.To)
	warnOfAutoscaler(plan, change, hpa)
	return nil
}

// warnOfAutoscaler says where an autoscaler has the last word.
func warnOfAutoscaler(plan *k8sops.Plan, change countChange, hpa *autoscalingv2.HorizontalPodAutoscaler) {
	switch {
	case hpa == nil:
	case change.To == 0:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_pauses", "hpa", messages.Code(hpa.Name)))
	case change.To > int(hpa.Spec.MaxReplicas):
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_maximum", "hpa", messages.Code(hpa.Name), "max", hpa.Spec.MaxReplicas))
	default:
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale.hpa_overrides", "hpa", messages.Code(hpa.Name),
			"min", kube.Minimum(hpa), "max", hpa.Spec.MaxReplicas))
	}
}

// scale sets one count after the other, having made sure that no workload has changed since the plan. When it is done again,
// those that have their count already are left alone.
func (s scale) scale(ctx context.Context, r *scaleRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	for i, change := range r.State.Counts {
		r.Progress.Report(i, len(r.State.Counts), messages.New("k8sops.scale.running", "workload", messages.Code(change.Workload)))
		done := func(w kube.Workload) bool { return r.Resumed && w.Replicas() == change.To }
		err := kube.OnUnchanged(ctx, r.Call, r.Plan.Targets[i], done, func(w kube.Workload) error {
			return patchScale(ctx, r.Call, w, change.To)
		})
		if err != nil {
			return k8sops.PartialFailure(r.Plan, i, k8sops.Explain("scale "+change.Workload, err), s.back(r.State.Counts[:i]))
		}
	}
	return nil
}

// verify waits until every workload runs exactly the replicas asked for.
func (s scale) verify(ctx context.Context, r *scaleRun) (*k8sops.Verification, error) {
	goal := rollout.GoalOf(r.Plan)
	goal.Replicas = map[string]int{}
	for _, change := range r.State.Counts {
		goal.Replicas[cmp.Or(change.Target, kube.Deployment+"/"+change.Workload)] = change.To // calls of older opsbots have no target
	}
	return rollout.Await(ctx, s.Platform, r.Call, goal, r.Progress)
}

// patchScale sets the replicas of exactly the version of w that was read.
func patchScale(ctx context.Context, call *k8sops.Call, w kube.Workload, to int, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": kube.PinnedVersion(w, dryRun)},
		"spec":     map[string]int{"replicas": to},
	})
	if err != nil {
		return fmt.Errorf("patch scale of %s: %w", w.Name, err)
	}
	_, err = kube.Patch(ctx, call, w, types.MergePatchType, patch, dryRun, "scale")
	return err
}

func summary(args scaleArgs, counts []countChange) messages.Text {
	switch len(counts) {
	case 0:
		return messages.New("k8sops.scale.nothing", "service", messages.Code(args.Services.String()), "replicas", args.Replicas)
	case 1:
		return messages.New("k8sops.scale.one", "workload", messages.Code(counts[0].Workload), "from", counts[0].From, "to", counts[0].To)
	default:
		return messages.New("k8sops.scale.many", "count", len(counts), "to", args.Replicas)
	}
}
