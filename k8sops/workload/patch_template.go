package workload

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubectl/pkg/polymorphichelpers"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// patchTemplates is the access that changing a pod template takes.
func patchTemplates() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "patch", Group: "apps", Resource: "deployments"},
		{Verb: "patch", Group: "apps", Resource: "statefulsets"},
		{Verb: "patch", Group: "apps", Resource: "daemonsets"},
	}
}

// patchTemplate sends a strategic merge patch of a workload together with the version it is for and the change cause
// that the rollout history will show.
func patchTemplate(ctx context.Context, call *k8sops.Call, w kube.Workload, patch []byte, dryRun ...string) (kube.Workload, error) {
	var fields map[string]any
	if err := json.Unmarshal(patch, &fields); err != nil {
		return kube.Workload{}, fmt.Errorf("patch %s: %w", w.Name, err)
	}
	fields["metadata"] = map[string]any{
		"resourceVersion": kube.PinnedVersion(w, dryRun),
		"annotations":     map[string]string{polymorphichelpers.ChangeCauseAnnotation: call.ChangeCause()},
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return kube.Workload{}, fmt.Errorf("patch %s: %w", w.Name, err)
	}
	return kube.Patch(ctx, call, w, types.StrategicMergePatchType, data, dryRun)
}

// paused refuses a change of a template that nothing would roll out.
func paused(w kube.Workload) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(w.Name))}
}
