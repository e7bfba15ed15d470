package security

import (
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// podLevel is the strictest Pod Security standard that a workload's pods keep.
type podLevel struct {
	workload string
	level    api.Level
	// because is what keeps them from the next level, "" for the strictest.
	because string
}

// standards looks at each pod template by Kubernetes' own Pod Security standards.
func (l *look) standards(workloads []kube.Workload) error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return fmt.Errorf("pod security standards: %w", err)
	}
	for _, w := range workloads {
		template := w.Template()
		if template == nil {
			continue
		}
		against := func(level api.Level) policy.AggregateCheckResult {
			return policy.AggregateCheckResults(evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &template.ObjectMeta, &template.Spec))
		}
		baseline, restricted := against(api.LevelBaseline), against(api.LevelRestricted)
		switch {
		case restricted.Allowed:
			l.levels = append(l.levels, podLevel{w.Line(), api.LevelRestricted, ""})
		case baseline.Allowed:
			l.levels = append(l.levels, podLevel{w.Line(), api.LevelBaseline, restricted.ForbiddenReason()})
		default:
			l.levels = append(l.levels, podLevel{w.Line(), api.LevelPrivileged, baseline.ForbiddenReason()})
			l.findings = append(l.findings, newFinding(kindPod, messages.ToneBad, w.Ref(), baseline.ForbiddenReason(), messages.New("k8sops.security.privileged",
				"workload", messages.Code(w.Line()), "reasons", messages.Clip(baseline.ForbiddenDetail(), 400))))
		}
	}
	return nil
}

// movingImages finds images whose name may mean another image tomorrow.
func (l *look) movingImages(workloads []kube.Workload) {
	for _, w := range workloads {
		if w.Template() == nil {
			continue
		}
		var images []string
		for _, c := range slices.Concat(w.Template().Spec.InitContainers, w.Template().Spec.Containers) {
			if moves(c) {
				images = append(images, c.Image)
			}
		}
		slices.Sort(images)
		if images = slices.Compact(images); len(images) > 0 {
			names := strings.Join(images, ", ")
			l.findings = append(l.findings, newFinding(kindImage, messages.ToneWarning, w.Ref(), names,
				messages.New("k8sops.security.image", "workload", messages.Code(w.Line()), "images", messages.Clip(names, 300))))
		}
	}
}

// moves reports whether a container's image has neither a digest nor a tag, or the tag latest.
func moves(c corev1.Container) bool {
	named, err := reference.ParseNormalizedNamed(c.Image)
	if err != nil {
		return false
	}
	if _, fixed := named.(reference.Digested); fixed {
		return false
	}
	tagged, ok := named.(reference.Tagged)
	return !ok || tagged.Tag() == "latest"
}
