package workload

import (
	"context"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// offerRevisions are the revisions that a workload can go back to, the newest first.
func offerRevisions(p kube.Platform) func(context.Context, *k8sops.Call) ([]k8sops.Choice, error) {
	return func(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
		w, revisions, err := history(ctx, p, call)
		if err != nil {
			return nil, err
		}
		current := rollout.CurrentRevision(w, revisions)
		_, left := rollout.PreviousRevision(w, revisions)
		var choices []k8sops.Choice
		for _, r := range slices.Backward(revisions) {
			if r.Number == current {
				continue
			}
			number := strconv.FormatInt(r.Number, 10)
			args := []any{"revision", number, "images", r.Images(), "age", messages.Age(call.Now, r.Created)}
			label := messages.New("k8sops.rollback.choice", args...)
			if slices.Contains(left, r.Number) {
				label = messages.New("k8sops.rollback.choice_left", args...)
			}
			choices = append(choices, k8sops.Choice{Value: number, Label: label})
		}
		return choices, nil
	}
}

// offerImages are the images that a workload has run with, the newest first.
func offerImages(p kube.Platform) func(context.Context, *k8sops.Call) ([]k8sops.Choice, error) {
	return func(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
		w, revisions, err := history(ctx, p, call)
		if err != nil {
			return nil, err
		}
		var seen []string
		for _, r := range slices.Backward(revisions) {
			for _, c := range r.Template.Spec.Containers {
				running := slices.ContainsFunc(w.Template().Spec.Containers, func(now corev1.Container) bool { return now.Image == c.Image })
				if !running && !slices.Contains(seen, c.Image) {
					seen = append(seen, c.Image)
				}
			}
		}
		return k8sops.Choices(seen...), nil
	}
}

// history is the workload that a form is about, with its revisions, the oldest first.
func history(ctx context.Context, p kube.Platform, call *k8sops.Call) (kube.Workload, []rollout.Revision, error) {
	w, err := p.Workload(ctx, call, "service")
	if err != nil || w.Kind == kube.CronJob {
		return w, nil, err
	}
	revisions, err := rollout.RevisionsOf(ctx, call, w)
	return w, revisions, err
}
