package templatediff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"opsbot/k8sops"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// Of says what changes between two pod templates, a line for each path, "" where nothing does. It is shown to a channel and
// stored, so it is made of what may be shown (shownForms). Any other value is only said to be changed, added or removed.
func Of(name string, from, to corev1.PodTemplateSpec) string {
	before, after := templateFields(from), templateFields(to)
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		lines = append(lines, fieldDiff(path, before, after)...)
	}
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf("--- %s (now)\n+++ %s (planned)\n%s\n", name, name, strings.Join(lines, "\n"))
}

func fieldDiff(path string, before, after map[string]field) []string {
	old, was := before[path]
	now, is := after[path]
	switch {
	case was && is && old.value == now.value:
		return nil
	case was && is && !(old.shown && now.shown):
		return []string{"! " + path + " (changed)"}
	}
	var lines []string
	if was {
		lines = append(lines, "- "+path+old.text(" (removed)"))
	}
	if is {
		lines = append(lines, "+ "+path+now.text(" (added)"))
	}
	return lines
}

// templateFields leaves out the hash label, which differs between any two revisions.
func templateFields(t corev1.PodTemplateSpec) map[string]field {
	t = *t.DeepCopy()
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	return fieldsOf(t)
}

// Images are the containers whose image differs.
func Images(name string, from, to corev1.PodTemplateSpec) []k8sops.FieldChange {
	var changes []k8sops.FieldChange
	before := map[string]string{}
	for _, c := range from.Spec.Containers {
		before[c.Name] = c.Image
	}
	for _, c := range to.Spec.Containers {
		if before[c.Name] != c.Image {
			changes = append(changes, k8sops.FieldChange{Object: name, Field: "image " + shownName(c.Name), From: shownImage(before[c.Name]), To: shownImage(c.Image)})
		}
	}
	return changes
}
