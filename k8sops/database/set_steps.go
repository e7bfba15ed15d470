package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// alter writes the value to PostgreSQL's own file. Nothing runs with it yet.
func (o set) alter(ctx context.Context, r *setRun) error {
	r.Progress.Report(0, len(o.spec().Steps), messages.New("k8sops.db.set.altering", "key", messages.Code(r.State.Name)))
	server, err := postgres.Of(ctx, o.Platform, r.Call)
	if err != nil {
		return err
	}
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
		if err := unmoved(ctx, server, r); err != nil {
			return err
		}
	}
	_, refusal, err := server.Try(ctx, postgres.Maintenance, nil, "ALTER SYSTEM SET "+assigns(r.State.Name, r.State.Value))
	if err != nil {
		return err
	}
	return refused(r.State.Name, refusal)
}

// unmoved makes sure that nobody has changed the setting since the plan.
func unmoved(ctx context.Context, server postgres.Server, r *setRun) error {
	s, err := settingNamed(ctx, server, r.State.Name)
	if err != nil {
		return err
	}
	if s.Value == r.State.From {
		return nil
	}
	return &k8sops.Error{
		Code:    k8sops.CodeConflict,
		Message: messages.New("k8sops.db.set.moved", "key", messages.Code(s.Name), "from", messages.Code(shown(r.State.Was)), "now", messages.Code(shown(s.Shown))),
		Suggest: []string{k8sops.Canonical(r.Operation, r.Call.Args)},
	}
}

// keep writes the value to the ConfigMap.
func (o set) keep(ctx context.Context, r *setRun) error {
	if r.State.ConfigMap == nil {
		return nil
	}
	target := *r.State.ConfigMap
	r.Progress.Report(1, len(o.spec().Steps), messages.New("k8sops.db.set.keeping", "config_map", messages.Code(target.Name)))
	at := r.State.Place
	done := func(m *corev1.ConfigMap) bool { return m.Data[at.Key] == at.Value }
	err := kube.OnUnchangedObject(ctx, r.Call, target, done, func(m *corev1.ConfigMap) error { return patchConfigMap(ctx, r.Call, m, at) })
	return o.halfway(r, k8sops.Explain("change configmap "+target.Name, err))
}

func patchConfigMap(ctx context.Context, call *k8sops.Call, m *corev1.ConfigMap, at place, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{
		"data": map[string]string{at.Key: at.Value}, "metadata": map[string]any{"resourceVersion": kube.PinnedVersion(m, dryRun)},
	})
	if err != nil {
		return fmt.Errorf("change configmap %s: %w", m.Name, err)
	}
	_, err = call.Client.Kubernetes.CoreV1().ConfigMaps(call.Namespace).Patch(ctx, m.Name, types.MergePatchType, patch,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

// activate has the server take the value: by a reload, or by a restart of what runs it.
func (o set) activate(ctx context.Context, r *setRun) error {
	if r.State.Restart == nil {
		r.Progress.Report(2, len(o.spec().Steps), messages.New("k8sops.db.set.reloading"))
		server, err := postgres.Of(ctx, o.Platform, r.Call)
		if err != nil {
			return o.halfway(r, err)
		}
		_, err = server.Query(ctx, postgres.Maintenance, "SELECT pg_reload_conf()")
		return o.halfway(r, err)
	}
	r.Progress.Report(2, len(o.spec().Steps), messages.New("k8sops.db.set.restarting", "workload", messages.Code(r.State.Restart.Name)))
	object, err := kube.Get(ctx, r.Call, *r.State.Restart)
	if err != nil {
		return o.halfway(r, k8sops.Explain("get "+r.State.Restart.Name, err))
	}
	return o.halfway(r, kube.RestartOnce(ctx, r.Call, kube.WorkloadOf(object), r.Started))
}

// halfway offers the way back beside an error after which PostgreSQL's file has the new value.
func (o set) halfway(r *setRun, err error) error {
	e, ok := errors.AsType[*k8sops.Error](err)
	if !ok {
		return err
	}
	said := *e
	said.Undo = o.back(r.State)
	return &said
}

// verify asks the server what it runs with. After a restart it may take a while to answer.
func (o set) verify(ctx context.Context, r *setRun) (*k8sops.Verification, error) {
	if r.State.Restart != nil {
		verdict, err := rollout.Await(ctx, o.Platform, r.Call, rollout.Goal{Targets: []k8sops.Target{*r.State.Restart}}, r.Progress)
		if err != nil || !verdict.OK {
			return o.withWayOut(r, verdict), err
		}
	}
	deadline := o.Now().Add(o.RolloutTimeout)
	for {
		s, err := o.served(ctx, r)
		if err == nil && s.Value == r.State.To && !s.Pending {
			return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.db.set.proven", "key", messages.Code(s.Name), "value", messages.Code(shown(s.Shown)))}, nil
		}
		if ctx.Err() != nil {
			return nil, k8sops.Explain("wait for the new value", ctx.Err())
		}
		if o.Now().After(deadline) {
			return o.withWayOut(r, unproven(r.State, s, err)), nil
		}
		if err := rollout.Sleep(ctx, o.Poll); err != nil {
			return nil, k8sops.Explain("wait for the new value", err)
		}
	}
}

func (o set) served(ctx context.Context, r *setRun) (setting, error) {
	server, err := postgres.Of(ctx, o.Platform, r.Call)
	if err != nil {
		return setting{}, err
	}
	return settingNamed(ctx, server, r.State.Name)
}

func unproven(state *setState, s setting, err error) *k8sops.Verification {
	if err != nil {
		return &k8sops.Verification{Summary: messages.New("k8sops.db.set.silent", "key", messages.Code(state.Name))}
	}
	return &k8sops.Verification{Summary: messages.New("k8sops.db.set.other_value", "key", messages.Code(s.Name), "value", messages.Code(shown(s.Shown)), "source", messages.Code(s.Source))}
}

// withWayOut says how a server that does not come back with its new value is brought up by hand: psql reaches it no more.
func (o set) withWayOut(r *setRun, verdict *k8sops.Verification) *k8sops.Verification {
	if verdict == nil || r.State.Restart == nil {
		return verdict
	}
	verdict.Summary = messages.New("k8sops.db.set.way_out", "problem", verdict.Summary, "argument", messages.Code("-c "+r.State.Name+"="+r.State.Was))
	return verdict
}
