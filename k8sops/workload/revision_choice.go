package workload

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// chooseRevision is the revision asked for, or the previous one.
func chooseRevision(call *k8sops.Call, w kube.Workload, revisions []rollout.Revision, asked int64) (rollout.Revision, error) {
	if asked != 0 {
		for _, r := range slices.Backward(revisions) {
			if r.Has(asked) {
				return r, nil
			}
		}
		return rollout.Revision{}, noRevision(call, w, revisions, asked)
	}
	previous, left := rollout.PreviousRevision(w, revisions)
	switch name := messages.Code(w.Name); {
	case previous != nil:
		return *previous, nil
	case len(left) > 0:
		return rollout.Revision{}, &k8sops.Error{Code: k8sops.CodeInvalid,
			Message: messages.New("k8sops.rollback.no_further", "workload", name, "left", left[0]),
			Hint:    messages.New("k8sops.rollback.no_further_hint", "command", messages.Code(fmt.Sprintf("/rollback %s %d", w.Line(), left[0]))),
			Suggest: []string{"rollout history " + w.Line()}}
	default:
		return rollout.Revision{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.rollback.no_history", "workload", name)}
	}
}

// wentBack warns of revisions that the workload was rolled back from: the one that is asked for, or those that are passed over.
func wentBack(w kube.Workload, revisions []rollout.Revision, to rollout.Revision, unnamed bool) []messages.Text {
	_, left := rollout.PreviousRevision(w, revisions)
	switch {
	case slices.Contains(left, to.Number):
		return []messages.Text{messages.New("k8sops.rollback.brings_back", "workload", messages.Code(w.Name), "revision", to.Number)}
	case len(left) > 0 && unnamed:
		return []messages.Text{messages.New("k8sops.rollback.passed_over", "workload", messages.Code(w.Name), "left", left[0])}
	}
	return nil
}

func noRevision(call *k8sops.Call, w kube.Workload, revisions []rollout.Revision, asked int64) error {
	numbers := numbersBefore(w, revisions)
	return &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.rollback.no_revision", "workload", messages.Code(w.Name), "revision", asked),
		Suggest: append(kube.WithArg(call, "revision", numbers), "rollout history "+w.Line()),
	}
}

// numbersBefore are the revisions that a button may offer to go back to, newest first: older than what runs, and none that the
// workload was rolled back from.
func numbersBefore(w kube.Workload, revisions []rollout.Revision) (numbers []string) {
	current := rollout.CurrentRevision(w, revisions)
	_, left := rollout.PreviousRevision(w, revisions)
	for _, r := range slices.Backward(revisions) {
		if r.Number < current && !slices.Contains(left, r.Number) && len(numbers) < nearest.Max {
			numbers = append(numbers, strconv.FormatInt(r.Number, 10))
		}
	}
	return numbers
}

// rollbackLine is the rollback that may help a workload, "" where it has nothing to go back to.
func rollbackLine(ctx context.Context, call *k8sops.Call, w kube.Workload) string {
	if !rollout.CanGoBack(ctx, call, w) {
		return ""
	}
	return "rollback " + w.Line()
}
