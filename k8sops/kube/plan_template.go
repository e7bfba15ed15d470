package kube

import (
	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/templatediff"
)

// ShowTemplate shows the change of a workload's template. The target remembers the new template for the proof, and the old one
// for an undo that has to know whether somebody was there in between.
func (d Platform) ShowTemplate(plan *k8sops.Plan, from, to Workload) error {
	before, err := TemplateMark(*from.Template())
	if err != nil {
		return err
	}
	after, err := TemplateMark(*to.Template())
	if err != nil {
		return err
	}
	if err := d.Show(plan, from, to); err != nil {
		return err
	}
	target := &plan.Targets[len(plan.Targets)-1]
	target.Before, target.After = before, after
	return nil
}

// Show adds diff, images, target and protection of a change from one state of a workload to another.
func (d Platform) Show(plan *k8sops.Plan, from, to Workload) error {
	target, err := TargetOf(from)
	if err != nil {
		return err
	}
	plan.Diff += templatediff.Of(from.Name, *from.Template(), *to.Template())
	plan.Changes = append(plan.Changes, templatediff.Images(from.Name, *from.Template(), *to.Template())...)
	plan.Targets = append(plan.Targets, target)
	d.Protect(plan, from)
	return nil
}

// SameTemplate reports whether two pod templates differ in nothing but a restart.
func SameTemplate(a, b corev1.PodTemplateSpec) bool {
	markA, errA := TemplateMark(a)
	markB, errB := TemplateMark(b)
	return errA == nil && errB == nil && markA == markB
}

// HasTemplate reports whether the workload has the pod template that was planned for the target.
func HasTemplate(w Workload, target k8sops.Target) bool {
	mark, err := TemplateMark(*w.Template())
	return err == nil && mark == target.After
}
