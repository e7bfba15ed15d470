package runbooks

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

const deleteName = "rebuild delete"

// deleteServices is /rebuild delete: the part of a rebuild that takes away. The handbook deletes the namespace, with the database's volume, its
// secrets and its policies in it. What the deploy Job makes anew are the services, so that these alone are deleted: what holds data stays.
type deleteServices struct{ *catalogue }

type deleteArgs struct{}

// deleteState has nothing to remember: the plan's targets say it all.
type deleteState struct{}

type deleteRun = k8sops.Run[deleteArgs, deleteState]

func (o deleteServices) spec() k8sops.ChangeSpec[deleteArgs, deleteState] {
	return k8sops.ChangeSpec[deleteArgs, deleteState]{
		Meta: k8sops.Meta{
			Name:     deleteName,
			Summary:  messages.New("k8sops.runbooks.delete.summary"),
			Danger:   k8sops.Destructive,
			Examples: []string{deleteName},
			Access: slices.Concat(kube.ListWorkloads(), []k8sops.Access{
				{Verb: "get", Group: "apps", Resource: "deployments"}, {Verb: "get", Group: "apps", Resource: "daemonsets"},
				{Verb: "delete", Group: "apps", Resource: "deployments"}, {Verb: "delete", Group: "apps", Resource: "daemonsets"},
			}),
			Owners: []k8sops.Role{k8sops.System},
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[deleteArgs, deleteState]{{Name: "delete services", Resume: k8sops.Again, Do: o.delete}},
		Verify: o.verify,
		// What brings them back is the next step of the run, the deploy Job.
	}
}

func (o deleteServices) plan(ctx context.Context, call *k8sops.Call, _ deleteArgs) (*k8sops.Plan, deleteState, error) {
	var state deleteState
	number, err := o.secured(ctx, call)
	if err != nil {
		return nil, state, err
	}
	services, err := o.Backends(ctx, call)
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Destructive}
	var kept []string
	for _, w := range services {
		if o.holdsData(w) {
			kept = append(kept, w.Line())
			continue
		}
		if err := o.planOne(ctx, call, plan, w); err != nil {
			return nil, state, err
		}
	}
	plan.NoOp = len(plan.Targets) == 0
	plan.Summary = messages.New("k8sops.runbooks.delete.plan", "count", len(plan.Targets), "namespace", messages.Code(call.Namespace), "number", number)
	plan.Warning = append(plan.Warning, messages.New("k8sops.runbooks.delete.stays"))
	if len(kept) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.runbooks.delete.kept", "workloads", nameList(kept)))
	}
	return plan, state, nil
}

func (o deleteServices) planOne(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, w kube.Workload) error {
	if err := deleteWorkload(ctx, call, w, metav1.DryRunAll); err != nil {
		return k8sops.Explain("dry run of deleting "+w.Name, err)
	}
	target, err := kube.TargetOf(w)
	if err != nil {
		return err
	}
	plan.Targets = append(plan.Targets, target)
	plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: w.Ref(), Field: "spec", From: w.Images(), To: "–"})
	return nil
}

// holdsData reports whether something may be lost with a workload that no deployment brings back.
func (o deleteServices) holdsData(w kube.Workload) bool {
	if o.Database.Is(w) || o.Cache.Is(w) || w.Kind != kube.Deployment && w.Kind != kube.DaemonSet {
		return true
	}
	for _, v := range w.Template().Spec.Volumes {
		if v.PersistentVolumeClaim != nil || v.Ephemeral != nil {
			return true
		}
	}
	return false
}

// secured is the number of the rebuild that is open here, refused where it has no backup of its own that was proven by a restore.
func (o deleteServices) secured(ctx context.Context, call *k8sops.Call) (int64, error) {
	open, err := o.openIn(ctx, call)
	if err != nil {
		return 0, err
	}
	if open == nil || open.Runbook != rebuildName {
		return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.runbooks.delete.no_run"), Suggest: []string{rebuildName}}
	}
	insecure := &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.runbooks.delete.no_backup", "number", open.Number), Suggest: []string{"emergency", "backups"}}
	for _, s := range open.Steps {
		if (s.Name == backupStep || s.Name == proofStep) && s.State != Done {
			return 0, insecure
		}
	}
	if o.LastBackup == nil {
		return 0, insecure
	}
	_, verified, err := o.LastBackup(ctx, call.Cluster, call.Namespace)
	if err != nil {
		return 0, err
	}
	if verified.Before(open.BegunAt) {
		return 0, insecure
	}
	return open.Number, nil
}

// delete deletes one service after the other, in the foreground: one that is gone has no pods any more. Those that are gone already, when it
// is done again, are left out.
func (o deleteServices) delete(ctx context.Context, r *deleteRun) error {
	if !r.Resumed {
		if err := kube.CheckTargets(ctx, r.Call, r.Plan); err != nil {
			return err
		}
	}
	for i, target := range r.Plan.Targets {
		r.Progress.Report(i, len(r.Plan.Targets), messages.New("k8sops.runbooks.delete.running", "workload", messages.Code(target.Name)))
		if r.Resumed {
			gone, err := isGone(ctx, r.Call, target)
			if err != nil {
				return k8sops.Explain("look for "+target.Name, err)
			}
			if gone {
				continue
			}
		}
		leaving := func(w kube.Workload) bool { return r.Resumed && w.GetDeletionTimestamp() != nil }
		err := kube.OnUnchanged(ctx, r.Call, target, leaving, func(w kube.Workload) error { return deleteWorkload(ctx, r.Call, w) })
		if err != nil {
			return k8sops.PartialFailure(r.Plan, i, k8sops.Explain("delete "+target.Name, err), nil)
		}
	}
	return nil
}

// verify waits until every one of them is gone, and its pods.
func (o deleteServices) verify(ctx context.Context, r *deleteRun) (*k8sops.Verification, error) {
	deadline := o.Now().Add(o.RolloutTimeout)
	for {
		var there []string
		for _, target := range r.Plan.Targets {
			gone, err := isGone(ctx, r.Call, target)
			if err != nil {
				return nil, k8sops.Explain("look for "+target.Name, err)
			}
			if !gone {
				there = append(there, target.Name)
			}
		}
		switch {
		case len(there) == 0:
			return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.runbooks.delete.done", "count", len(r.Plan.Targets))}, nil
		case o.Now().After(deadline):
			return &k8sops.Verification{Summary: messages.New("k8sops.runbooks.delete.there", "workloads", nameList(there)), Suggest: []string{"status"}}, nil
		}
		r.Progress.Report(len(r.Plan.Targets)-len(there), len(r.Plan.Targets), messages.New("k8sops.runbooks.delete.waiting", "workloads", nameList(there)))
		if err := rollout.Sleep(ctx, o.Poll); err != nil {
			return nil, k8sops.Explain("wait until the services are gone", err)
		}
	}
}

// isGone reports whether the object of a target is there no more, also where another one has its name.
func isGone(ctx context.Context, call *k8sops.Call, target k8sops.Target) (bool, error) {
	o, err := kube.Get(ctx, call, target)
	if apierrors.IsNotFound(err) {
		return true, nil
	}
	return err == nil && string(o.GetUID()) != target.UID, err
}
