package k8sops

import appsv1 "k8s.io/api/apps/v1"

// showTemplate shows the change of a deployment's template, and remembers the new template for the proof, the old one for
// an undo that has to know whether somebody was there in between.
func (d Platform) showTemplate(plan *Plan, from, to *appsv1.Deployment) error {
	before, err := templateMark(from.Spec.Template)
	if err != nil {
		return err
	}
	after, err := templateMark(to.Spec.Template)
	if err != nil {
		return err
	}
	plan.State[stateTemplateBefore], plan.State[stateTemplate] = before, after
	return d.show(plan, from, to)
}

// templateGoal is a rollout to the very template that was planned.
func templateGoal(plan *Plan, recover func(name string) string) rolloutGoal {
	goal := rolloutGoal{names: plan.names(), recover: recover}
	if len(plan.Targets) == 1 && plan.State[stateTemplate] != "" {
		goal.templates = map[string]string{plan.Targets[0].Name: plan.State[stateTemplate]}
	}
	return goal
}

// show adds diff, images, target and protection of a change from one state of a deployment to another.
func (d Platform) show(plan *Plan, from, to *appsv1.Deployment) error {
	diff, err := templateDiff(from.Name, from.Spec.Template, to.Spec.Template)
	if err != nil {
		return err
	}
	target, err := targetOf(from)
	if err != nil {
		return err
	}
	plan.Diff += diff
	plan.Changes = append(plan.Changes, imageChanges(from.Name, from.Spec.Template, to.Spec.Template)...)
	plan.Targets = append(plan.Targets, target)
	d.protect(plan, from.Name)
	return nil
}
