package kube

import (
	"fmt"

	"opsbot/k8sops"
	"opsbot/k8sops/redact"

	"github.com/pmezard/go-difflib/difflib"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// templateDiff is a unified diff of two pod templates as YAML, "" where they are the same.
func templateDiff(name string, from, to corev1.PodTemplateSpec) (string, error) {
	before, err := templateYAML(from)
	if err != nil {
		return "", fmt.Errorf("diff pod template of %s: %w", name, err)
	}
	after, err := templateYAML(to)
	if err != nil {
		return "", fmt.Errorf("diff pod template of %s: %w", name, err)
	}
	diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(before), B: difflib.SplitLines(after),
		FromFile: name + " (now)", ToFile: name + " (planned)", Context: 3,
	})
	if err != nil {
		return "", fmt.Errorf("diff pod template of %s: %w", name, err)
	}
	return diff, nil
}

// templateYAML leaves out the hash label, which differs between any two revisions.
func templateYAML(t corev1.PodTemplateSpec) (string, error) {
	t = *t.DeepCopy()
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	// A diff is shown to a channel.
	redact.Containers(t.Spec.Containers)
	redact.Containers(t.Spec.InitContainers)
	for name, value := range t.Annotations {
		t.Annotations[name] = redact.Text(value)
	}
	data, err := yaml.Marshal(t)
	if err != nil {
		return "", err
	}
	return string(data), nil
}

// imageChanges are the containers whose image differs.
func imageChanges(name string, from, to corev1.PodTemplateSpec) []k8sops.FieldChange {
	var changes []k8sops.FieldChange
	before := map[string]string{}
	for _, c := range from.Spec.Containers {
		before[c.Name] = c.Image
	}
	for _, c := range to.Spec.Containers {
		if before[c.Name] != c.Image {
			changes = append(changes, k8sops.FieldChange{Object: name, Field: "image " + c.Name, From: before[c.Name], To: c.Image})
		}
	}
	return changes
}
