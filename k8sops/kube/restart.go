package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// TemplateAccess is what changing a pod template takes, as a restart does, of whichever of the RollingKinds it is.
func TemplateAccess() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "patch", Group: "apps", Resource: "deployments"},
		{Verb: "patch", Group: "apps", Resource: "statefulsets"},
		{Verb: "patch", Group: "apps", Resource: "daemonsets"},
	}
}

// RestartAnyAccess is what restarting whichever of the RollingKinds takes, for whoever may change nothing else about them. It is optional: whom
// Kubernetes does not let restart what an operation leaves to be restarted is told which.
func RestartAnyAccess() []k8sops.Access {
	access := TemplateAccess()
	for i := range access {
		access[i].Restart, access[i].Optional = true, true
	}
	return access
}

// RestartAccess is what restarting one workload takes, which is named as in the configuration: NAME or KIND/NAME. Whoever has it may
// restart no other.
func RestartAccess(workload string) []k8sops.Access {
	kind, name, hasKind := strings.Cut(workload, "/")
	if !hasKind {
		name = workload
	}
	var access []k8sops.Access
	for _, a := range TemplateAccess() {
		if !hasKind || strings.TrimSuffix(a.Resource, "s") == strings.ToLower(kind) {
			a.Name = name
			access = append(access, a)
		}
	}
	return access
}

// Restart restarts a workload of the RollingKinds, of exactly the version of w that was read.
func Restart(ctx context.Context, call *k8sops.Call, w Workload, dryRun ...string) (Workload, error) {
	if w.Paused() {
		return Workload{}, Paused(w)
	}
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{%q:%q}}}}}`, templatediff.RestartedAt, time.Now().Format(time.RFC3339))
	return PatchTemplate(ctx, call, w, []byte(patch), dryRun...)
}

// RestartOnce restarts a workload, unless that was done since a time already or it has no pods.
func RestartOnce(ctx context.Context, call *k8sops.Call, w Workload, since time.Time) error {
	if RestartedSince(w, since) || w.Replicas() == 0 {
		return nil
	}
	target, err := TargetOf(w)
	if err != nil {
		return err
	}
	restarted := func(w Workload) bool { return RestartedSince(w, since) }
	err = OnUnchanged(ctx, call, target, restarted, func(w Workload) error {
		_, err := Restart(ctx, call, w)
		return err
	})
	return k8sops.Explain("restart "+w.Name, err)
}

// RestartedSince reads the time of the last restart from the template, which has whole seconds.
func RestartedSince(w Workload, since time.Time) bool {
	at, err := time.Parse(time.RFC3339, w.Template().Annotations[templatediff.RestartedAt])
	return err == nil && !at.Before(since.Truncate(time.Second))
}

// PatchTemplate sends a strategic merge patch of a workload together with the version it is for and the change cause
// that the rollout history will show.
func PatchTemplate(ctx context.Context, call *k8sops.Call, w Workload, patch []byte, dryRun ...string) (Workload, error) {
	var fields map[string]any
	if err := json.Unmarshal(patch, &fields); err != nil {
		return Workload{}, fmt.Errorf("patch %s: %w", w.Name, err)
	}
	fields["metadata"] = map[string]any{
		"resourceVersion": PinnedVersion(w, dryRun),
		"annotations":     map[string]string{ChangeCause: call.ChangeCause()},
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return Workload{}, fmt.Errorf("patch %s: %w", w.Name, err)
	}
	return Patch(ctx, call, w, types.StrategicMergePatchType, data, dryRun)
}

// Paused refuses a change of a template that nothing would roll out.
func Paused(w Workload) error {
	return &k8sops.Error{
		Code: k8sops.CodeInvalid, Message: messages.New("k8sops.rollout.paused", "workload", messages.Code(w.Name)), Suggest: []string{"rollout resume " + w.Line()},
	}
}
