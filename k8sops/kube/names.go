package kube

import (
	"maps"
	"slices"
	"strings"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Match are the workloads that typed means: a name or a part of one, with a kind in front or not. It applies the rules one after
// the other; the first that matches anything decides.
func Match(typed string, workloads []Workload) []Workload {
	kind, name := cutKind(typed)
	rules := []func(w Workload) bool{
		func(w Workload) bool { return w.Name == name },
		func(w Workload) bool { return w.Name == name+"-service" },
		func(w Workload) bool {
			labels := w.GetLabels()
			return labels["app"] == name || labels["app.kubernetes.io/name"] == name
		},
		func(w Workload) bool { return strings.HasPrefix(w.Name, name) },
		func(w Workload) bool { return strings.Contains(w.Name, name) },
	}
	for _, rule := range rules {
		var matches []Workload
		for _, w := range workloads {
			if rule(w) && (kind == "" || w.isKind(kind)) {
				matches = append(matches, w)
			}
		}
		if len(matches) > 0 {
			return matches
		}
	}
	return nil
}

// cutKind takes "statefulset/ledger" apart; kind is "" where only a name is typed.
func cutKind(typed string) (kind, name string) {
	if kind, name, qualified := strings.Cut(typed, "/"); qualified {
		return kind, name
	}
	return "", typed
}

// isKind understands kinds as kubectl does: sts, statefulset, statefulsets, statefulsets.apps.
func (w Workload) isKind(typed string) bool {
	typed, _, _ = strings.Cut(typed, ".")
	kind := strings.ToLower(w.Kind)
	return typed == kind || typed == kind+"s" || typed == ShortKind(w.Kind)
}

// OneOf is the one of some workloads that typed means, as an exception to an operation on all of them.
func OneOf(call *k8sops.Call, typed string, workloads []Workload) (Workload, error) {
	matches := Match(typed, workloads)
	if len(matches) == 1 {
		return matches[0], nil
	}
	if len(matches) > 1 {
		var names []string
		for _, w := range matches {
			names = append(names, w.Line())
		}
		return Workload{}, &k8sops.Error{Code: k8sops.CodeNotFound,
			Message: messages.New("k8sops.resolve.ambiguous", "name", messages.Code(typed), "matches", strings.Join(names, ", "))}
	}
	return Workload{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.resolve.not_among",
		"name", messages.Code(typed), "operation", messages.Code("/"+k8sops.Canonical(call.Operation, call.Args))), Hint: choices(workloads)}
}

// nearestWorkloads also compares with the short form, so that "usr" finds user-service.
func nearestWorkloads(typed string, workloads []Workload) []string {
	full := map[string]string{}
	for _, w := range workloads {
		full[w.Name] = w.Line()
		full[strings.TrimSuffix(w.Name, "-service")] = w.Line()
	}
	_, typed = cutKind(typed)
	var names []string
	for _, name := range nearest.Names(typed, slices.Sorted(maps.Keys(full))) {
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

// choices names the workloads that there are.
func choices(workloads []Workload) messages.Text {
	const show = 12
	if len(workloads) == 0 {
		return messages.New("k8sops.resolve.empty")
	}
	var names []string
	for _, w := range workloads[:min(show, len(workloads))] {
		names = append(names, w.Line())
	}
	return messages.New("k8sops.resolve.known", "names", strings.Join(names, ", "), "total", len(workloads))
}
