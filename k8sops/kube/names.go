package kube

import (
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// MatchNames applies the rules one after the other; the first that matches anything decides.
func MatchNames(typed string, deployments []appsv1.Deployment) []string {
	rules := []func(d *appsv1.Deployment) bool{
		func(d *appsv1.Deployment) bool { return d.Name == typed },
		func(d *appsv1.Deployment) bool { return d.Name == typed+"-service" },
		func(d *appsv1.Deployment) bool {
			return d.Labels["app"] == typed || d.Labels["app.kubernetes.io/name"] == typed
		},
		func(d *appsv1.Deployment) bool { return strings.HasPrefix(d.Name, typed) },
		func(d *appsv1.Deployment) bool { return strings.Contains(d.Name, typed) },
	}
	for _, rule := range rules {
		var names []string
		for i := range deployments {
			if rule(&deployments[i]) {
				names = append(names, deployments[i].Name)
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// nearestWorkloads also compares with the short form, so that "usr" finds user-service.
func nearestWorkloads(typed string, deployments []appsv1.Deployment) []string {
	full := map[string]string{}
	for _, d := range deployments {
		full[d.Name] = d.Name
		full[strings.TrimSuffix(d.Name, "-service")] = d.Name
	}
	var names []string
	for _, name := range k8sops.Nearest(typed, slices.Sorted(maps.Keys(full))) {
		if !slices.Contains(names, full[name]) {
			names = append(names, full[name])
		}
	}
	return names
}

// inPlaceOf are the values that the argument has with each of names where typed stands among its names.
func inPlaceOf(typed, value string, names []string) []string {
	values := make([]string, len(names))
	for i, name := range names {
		all := strings.Split(value, ",")
		all[slices.Index(all, typed)] = name
		values[i] = strings.Join(all, ",")
	}
	return values
}

// WithArg are command lines of the call with other values of one argument.
func WithArg(call *k8sops.Call, arg string, values []string) []string {
	var lines []string
	for _, value := range values {
		args := maps.Clone(call.Args)
		args[arg] = value
		lines = append(lines, k8sops.Canonical(call.Operation, args))
	}
	return lines
}

// Known names the deployments that there are.
func Known(deployments []appsv1.Deployment) messages.Text {
	const show = 12
	if len(deployments) == 0 {
		return messages.New("k8sops.resolve.empty")
	}
	var names []string
	for _, d := range deployments[:min(show, len(deployments))] {
		names = append(names, d.Name)
	}
	return messages.New("k8sops.resolve.known", "names", strings.Join(names, ", "), "total", len(deployments))
}
