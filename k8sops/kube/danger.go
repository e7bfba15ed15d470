package kube

import (
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Care is what the configuration says about danger, beyond the level that each operation declares.
type Care struct {
	// Protected are workloads whose every change needs a second person. The database and the cache are among them where ProtectData
	// says so.
	Protected   []string
	ProtectData bool
	// MinReplicas is the count below which scaling needs a confirmation, by workload; DefaultMinReplicas is for the others.
	MinReplicas        map[string]int
	DefaultMinReplicas int
	// ManyDown is how many workloads one person alone may make smaller at once.
	ManyDown int
	// Registries are where images may come from without a second person; without any, where the namespace's images come from.
	Registries []string
}

// DangerRule is one reason why a call needs more care than its operation declares. All of them are in this file.
type DangerRule struct {
	Level k8sops.Danger
	// When is the rule in one sentence, for the documentation.
	When messages.Text
}

// DangerRules are the rules, the strictest first.
func DangerRules() []DangerRule {
	return []DangerRule{
		{k8sops.Destructive, messages.New("k8sops.danger.rule.protected")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.last_replica")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.many_down")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.registry")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.loses_data")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.job")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.freeze")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.loses_names")},
		{k8sops.Destructive, messages.New("k8sops.danger.rule.expired")},
		{k8sops.Disruptive, messages.New("k8sops.danger.rule.below_minimum")},
		{k8sops.Disruptive, messages.New("k8sops.danger.rule.autoscaler_shrinks")},
		{k8sops.Disruptive, messages.New("k8sops.danger.rule.two_versions")},
		{k8sops.Disruptive, messages.New("k8sops.danger.rule.not_remade")},
		{k8sops.Disruptive, messages.New("k8sops.danger.rule.undo")},
	}
}

// IsProtected reports whether every change of the workload needs a second person.
func (d Platform) IsProtected(w Workload) bool {
	return slices.Contains(d.Care.Protected, w.Name) || d.Care.ProtectData && (d.Database.Is(w) || d.Cache.Is(w))
}

// Protect makes a plan destructive when the workload that it changes is protected.
func (d Platform) Protect(plan *k8sops.Plan, w Workload) {
	if d.IsProtected(w) {
		plan.Raise(k8sops.Destructive, messages.New("k8sops.plan.protected", "workload", messages.Code(w.Name)))
	}
}

// Scaling weighs one workload's change of its count.
func (d Platform) Scaling(plan *k8sops.Plan, w Workload, from, to int) {
	workload := messages.Code(w.Line())
	switch least := d.leastReplicas(w.Name); {
	case to >= from:
	case to == 0:
		plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.last_replica", "workload", workload))
	case to < least:
		plan.Raise(k8sops.Disruptive, messages.New("k8sops.danger.below_minimum", "workload", workload, "min", least))
	}
	d.Protect(plan, w)
}

// ScalingDown weighs how many workloads become smaller at once.
func (d Platform) ScalingDown(plan *k8sops.Plan, workloads int) {
	if workloads > d.Care.ManyDown {
		plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.many_down", "count", workloads, "max", d.Care.ManyDown))
	}
}

// Autoscaling weighs the range of an autoscaler: was is its minimum before, 0 where there was none.
func (d Platform) Autoscaling(plan *k8sops.Plan, w Workload, was, lowest, highest int) {
	name := messages.Code(w.Line())
	if now := w.Replicas(); now > 0 && highest < now {
		plan.Raise(k8sops.Disruptive, messages.New("k8sops.danger.autoscaler_shrinks", "workload", name, "now", now, "max", highest))
	}
	if least := d.leastReplicas(w.Name); lowest < least && (was == 0 || lowest < was) {
		plan.Raise(k8sops.Disruptive, messages.New("k8sops.danger.autoscaler_minimum", "workload", name, "min", least))
	}
	d.Protect(plan, w)
}

// Image weighs where a new image comes from: name is its whole name, REGISTRY/REPOSITORY, origin what is trusted of it as a whole, and inUse
// the origins of the images that run already.
func (d Platform) Image(plan *k8sops.Plan, name, origin string, inUse []string) {
	known := slices.Contains(inUse, origin)
	if len(d.Care.Registries) > 0 {
		known = slices.ContainsFunc(d.Care.Registries, func(registry string) bool {
			return strings.HasPrefix(name+"/", strings.TrimSuffix(registry, "/")+"/")
		})
	}
	if !known {
		plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.registry", "registry", messages.Code(origin)))
	}
}

// LosesData weighs a setting of the database with which a crash or a broken page costs data.
func LosesData(plan *k8sops.Plan, setting string) {
	plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.loses_data", "key", messages.Code(setting)))
}

// ChangesWhatServes weighs a Job that is no test: it deploys.
func ChangesWhatServes(plan *k8sops.Plan, job string) {
	plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.job", "job", messages.Code(job)))
}

// TwoVersions weighs a step beside a second version that is felt: pods are replaced, or the traffic moves.
func TwoVersions(plan *k8sops.Plan, why messages.Text) { plan.Raise(k8sops.Disruptive, why) }

// LosesNames weighs a certificate that is not for all names that the one before it was for: clients of the others are turned away.
func LosesNames(plan *k8sops.Plan, names []string) {
	plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.loses_names", "names", messages.Clip(strings.Join(names, ", "), 500)))
}

// Expired weighs a certificate that has expired and comes back: every client refuses it.
func Expired(plan *k8sops.Plan, ended time.Time) {
	plan.Raise(k8sops.Destructive, messages.New("k8sops.danger.expired", "ended", messages.Date(ended)))
}

// NotRemade weighs a change that no undo makes exactly as it was.
func NotRemade(plan *k8sops.Plan, why messages.Text) { plan.Raise(k8sops.Disruptive, why) }

func (d Platform) leastReplicas(workload string) int {
	if n, ok := d.Care.MinReplicas[workload]; ok {
		return n
	}
	return d.Care.DefaultMinReplicas
}
