package kube

import (
	appsv1 "k8s.io/api/apps/v1"

	"opsbot/k8sops"
)

// ShowTemplate shows the change of a deployment's template. The target remembers the new template for the proof, and the old one
// for an undo that has to know whether somebody was there in between.
func (d Platform) ShowTemplate(plan *k8sops.Plan, from, to *appsv1.Deployment) error {
	before, err := templateMark(from.Spec.Template)
	if err != nil {
		return err
	}
	after, err := templateMark(to.Spec.Template)
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

// TemplateGoal is a rollout to the very template that was planned.
func TemplateGoal(plan *k8sops.Plan, recover func(name string) string) RolloutGoal {
	goal := RolloutGoal{Names: plan.Names(), Recover: recover, templates: map[string]string{}}
	for _, target := range plan.Targets {
		goal.templates[target.Name] = target.After
	}
	return goal
}

// Show adds diff, images, target and protection of a change from one state of a deployment to another.
func (d Platform) Show(plan *k8sops.Plan, from, to *appsv1.Deployment) error {
	diff, err := templateDiff(from.Name, from.Spec.Template, to.Spec.Template)
	if err != nil {
		return err
	}
	target, err := TargetOf(from)
	if err != nil {
		return err
	}
	plan.Diff += diff
	plan.Changes = append(plan.Changes, imageChanges(from.Name, from.Spec.Template, to.Spec.Template)...)
	plan.Targets = append(plan.Targets, target)
	d.Protect(plan, from.Name)
	return nil
}

// HasTemplate reports whether the deployment has the pod template that was planned for the target.
func HasTemplate(d *appsv1.Deployment, target k8sops.Target) bool {
	mark, err := templateMark(d.Spec.Template)
	return err == nil && mark == target.After
}
