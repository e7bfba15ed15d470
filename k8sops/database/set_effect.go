package database

import (
	"context"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// planEffect says when the value counts, what it costs, and what else happens.
func (o set) planEffect(ctx context.Context, call *k8sops.Call, server postgres.Server, plan *k8sops.Plan, s setting, state *setState) error {
	faults, waiting, err := fileFaults(ctx, server)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		f := faults[0]
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.db.set.files_faulty",
			"file", messages.Code(f.File), "line", f.Line, "name", messages.Code(f.Name), "error", f.Error)}
	}
	plan.Warning = append(plan.Warning, effect(s.Context))
	if len(s.Overrides) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.overrides", "where", strings.Join(s.Overrides, ", ")))
	}
	if losesData(s.Name, state.To) {
		kube.LosesData(plan, s.Name)
	}
	w, err := o.server(ctx, call)
	if err != nil && s.needsRestart() {
		return err
	}
	if err == nil {
		if err := whatIf(ctx, server, plan, containerOf(w, server.Container.Name), s, state.To); err != nil {
			return err
		}
	}
	if !s.needsRestart() {
		return nil
	}
	waiting = slices.DeleteFunc(waiting, func(name string) bool { return strings.EqualFold(name, s.Name) })
	if len(waiting) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.also_waiting", "names", strings.Join(waiting, ", ")))
	}
	return o.planRestart(ctx, call, plan, state, w)
}

// effect is when a new value counts.
func effect(of string) messages.Text {
	switch of {
	case contextPostmaster:
		return messages.New("k8sops.db.set.effect.restart")
	case contextBackend, contextSuperBack:
		return messages.New("k8sops.db.set.effect.new_connections")
	case contextUser, contextSuperuser:
		return messages.New("k8sops.db.set.effect.sessions")
	}
	return messages.New("k8sops.db.set.effect.reload")
}

func (o set) planRestart(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, state *setState, w kube.Workload) error {
	if w.Replicas() != 1 {
		return k8sops.Invalid(messages.New("k8sops.db.set.replicas", "workload", messages.Code(w.Line()), "replicas", w.Replicas()))
	}
	if _, err := kube.Restart(ctx, call, w, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of restart "+w.Name, err)
	}
	target, err := kube.TargetOf(w)
	if err != nil {
		return err
	}
	state.Restart = &target
	plan.Targets = append(plan.Targets, target)
	text := messages.New("k8sops.db.set.restarts", "workload", messages.Code(w.Line()))
	if w.OnDelete() {
		return k8sops.Invalid(messages.New("k8sops.rollout.on_delete", "workload", messages.Code(w.Line())))
	}
	if d := w.Deployment(); d != nil && d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		text = messages.New("k8sops.db.set.restarts_beside", "workload", messages.Code(w.Line()))
	}
	plan.Warning = append(plan.Warning, text)
	o.Protect(plan, w)
	return nil
}

func containerOf(w kube.Workload, name string) corev1.Container {
	for _, c := range w.Template().Spec.Containers {
		if c.Name == name {
			return c
		}
	}
	return corev1.Container{}
}

// Of the container's memory, in percent: PostgreSQL's documentation advises 25 for shared_buffers and calls more than 40 of no use.
const (
	advisedBuffers = 40
	mostBuffers    = 90
)

// whatIf weighs what grows with memory against the container's limit: above it the kernel ends the server.
func whatIf(ctx context.Context, server postgres.Server, plan *k8sops.Plan, c corev1.Container, s setting, to string) error {
	names := []string{"max_connections", "shared_buffers", "work_mem"}
	limit := c.Resources.Limits.Memory().Value()
	if !slices.Contains(names, s.Name) {
		return nil
	}
	var all []setting
	if err := server.Read(ctx, postgres.Maintenance, settingsSQL(append(names, "superuser_reserved_connections")...), &all); err != nil {
		return err
	}
	now := map[string]int64{}
	for _, one := range all {
		if one.Name == s.Name {
			one.Value = to
		}
		if now[one.Name] = one.bytes(); one.Unit == "" {
			now[one.Name], _ = strconv.ParseInt(one.Value, 10, 64)
		}
	}
	if s.Name == "max_connections" && now["max_connections"] <= now["superuser_reserved_connections"] {
		return k8sops.Invalid(messages.New("k8sops.db.set.reserved", "reserved", now["superuser_reserved_connections"]))
	}
	if limit == 0 {
		return nil
	}
	return weighMemory(plan, s, now, limit)
}

func weighMemory(plan *k8sops.Plan, s setting, now map[string]int64, limit int64) error {
	buffers, sorting := now["shared_buffers"], now["work_mem"]*now["max_connections"]
	size, most := messages.Bytes(buffers), messages.Bytes(limit)
	switch percent := buffers * 100 / limit; {
	case s.Name != "shared_buffers":
	case percent >= mostBuffers:
		return k8sops.Invalid(messages.New("k8sops.db.set.buffers_too_large", "size", size, "limit", most))
	case percent > advisedBuffers:
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.buffers_large", "size", size, "limit", most, "percent", percent))
	}
	if buffers+sorting > limit {
		plan.Warning = append(plan.Warning, messages.New("k8sops.db.set.memory", "connections", now["max_connections"], "each", messages.Bytes(now["work_mem"]),
			"buffers", size, "limit", most))
	}
	return nil
}
