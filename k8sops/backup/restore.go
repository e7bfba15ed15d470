package backup

import (
	"context"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// restoreDatabase is /restore db (handbook: 数据库恢复): a safety backup first, then the whole dump in one transaction, then the
// services that use the database are restarted. The safety backup is the undo.
type restoreDatabase struct{ Deps }

type restoreArgs struct{ ID string }

// restoreState is the backup, what the database held before, the safety backup, and the services to restart.
type restoreState struct {
	Backup string  `json:"backup"` // key of the manifest
	Before []Table `json:"before,omitempty"`
	After  []Table `json:"after,omitempty"`
	Safety *Backup `json:"safety,omitempty"`
	// Running are the services that Kubernetes does not let the person restart; Refusal is why.
	Running []string      `json:"running,omitempty"`
	Refusal messages.Text `json:"refusal,omitzero"`
}

type restoreRun = k8sops.Run[restoreArgs, restoreState]

func (o restoreDatabase) spec() k8sops.ChangeSpec[restoreArgs, restoreState] {
	return k8sops.ChangeSpec[restoreArgs, restoreState]{
		Meta: k8sops.Meta{
			Name:     "restore db",
			Aliases:  []string{"restore database"},
			Summary:  messages.New("k8sops.restore.summary"),
			Danger:   k8sops.Destructive,
			Examples: []string{"restore db 20260302-093000-c0ffee", "restore db latest"},
			// Whom Kubernetes does not let restart the services is told which to have restarted.
			Access: slices.Concat(backupAccess(), rollout.Access(), kube.RestartAnyAccess()),
			// The second person that it needs is found among two roles: a contact table may have one person of each.
			Owners: []k8sops.Role{k8sops.System, k8sops.DBA},
		},
		Args: func(a *restoreArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "id", Into: &a.ID, Summary: messages.New("k8sops.restore.arg.id"), Positional: true, Required: true, Offer: o.offer}}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[restoreArgs, restoreState]{
			{Name: "safety backup", Resume: k8sops.Again, Do: o.secure},
			// One transaction: it was committed or it was not, and only a look at the data can tell. What the services have written since
			// would be lost by a second time.
			{Name: "restore", Resume: k8sops.AskPerson, Do: o.restore},
			{Name: "count", Resume: k8sops.Again, Do: o.count},
			{Name: "restart services", Resume: k8sops.Again, Do: o.restart},
		},
		Verify: o.verify,
		Report: o.report,
		Undo: func(r *restoreRun) *k8sops.Invocation {
			if r.State.Safety == nil || !o.canRead(r.State.Safety) {
				return nil
			}
			return o.spec().Invoke(restoreArgs{ID: r.State.Safety.ID})
		},
	}
}

func (o restoreDatabase) plan(ctx context.Context, call *k8sops.Call, args restoreArgs) (*k8sops.Plan, restoreState, error) {
	var state restoreState
	b, err := o.choose(ctx, call, args.ID)
	if err != nil {
		return nil, state, err
	}
	if b.Database != o.Database.Name {
		return nil, state, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.restore.other_database",
			"id", messages.Code(b.ID), "database", messages.Code(b.Database), "configured", messages.Code(o.Database.Name))}
	}
	if !o.canRead(b) {
		return nil, state, unreadable(b)
	}
	s, err := o.server(ctx, call)
	if err != nil {
		return nil, state, err
	}
	services, err := o.dependents(ctx, call)
	if err != nil {
		return nil, state, err
	}
	state.Backup = b.manifestKey()
	plan := &k8sops.Plan{
		Danger: k8sops.Destructive,
		Summary: messages.New("k8sops.restore.plan", "database", messages.Code(b.Database), "pod", messages.Code(s.Container.Pod), "id", messages.Code(b.ID),
			"created", b.CreatedAt),
		Warning: []messages.Text{
			messages.New("k8sops.restore.loses", "created", b.CreatedAt),
			o.safetyWarning(),
		},
	}
	if len(services) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.restore.restarts", "services", strings.Join(services, ", ")))
	}
	if b.Drill == nil {
		plan.Warning = append(plan.Warning, messages.New("k8sops.restore.unproven", "id", messages.Code(b.ID)))
	}
	return plan, state, nil
}

// safetyWarning says whether what is made first can be restored by opsbot.
func (o restoreDatabase) safetyWarning() messages.Text {
	if to := o.Keys.Recipients(); len(to) > 0 && !o.Keys.CanRead(to) {
		return messages.New("k8sops.restore.no_undo")
	}
	return messages.New("k8sops.restore.safety")
}

// dependents are the services that keep connections to the database (handbook: tier=backend).
func (o restoreDatabase) dependents(ctx context.Context, call *k8sops.Call) ([]string, error) {
	workloads, err := o.Backends(ctx, call)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, w := range workloads {
		names = append(names, w.Line())
	}
	return names, nil
}

// secure makes and reads back the safety backup.
func (o restoreDatabase) secure(ctx context.Context, r *restoreRun) error {
	r.Progress.Report(0, len(o.spec().Steps), messages.New("k8sops.restore.securing"))
	s, err := o.server(ctx, r.Call)
	if err != nil {
		return err
	}
	if r.State.Before, err = s.tables(ctx, o.Database.Name); err != nil {
		return err
	}
	backups := backupDatabase(o)
	safety, err := backups.take(ctx, r.Call, r.Progress)
	if err != nil {
		return err
	}
	if err := backups.prove(ctx, r.Call, safety); err != nil {
		return kube.ExplainExec("read back safety backup "+safety.ID, err)
	}
	if err := safety.Save(ctx, o.Backups); err != nil {
		return err
	}
	safety.Tables = nil // the manifest has them; the state of a call stays small
	r.State.Safety = safety
	return nil
}

// restore puts the whole dump in the place of what there is, in one transaction.
func (o restoreDatabase) restore(ctx context.Context, r *restoreRun) error {
	r.Progress.Report(1, len(o.spec().Steps), messages.New("k8sops.restore.running", "id", messages.Code(r.Args.ID)))
	b, err := loadBackup(ctx, o.Backups, r.State.Backup)
	if err != nil {
		return err
	}
	s, err := o.server(ctx, r.Call)
	if err != nil {
		return err
	}
	// Sessions that stand open with locks would hold the restore up; services connect again by themselves.
	err = s.Do(ctx, o.Database.Name, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		return err
	}
	return s.replace(ctx, o.Deps, &b, o.Database.Name)
}

// count counts before the services write again.
func (o restoreDatabase) count(ctx context.Context, r *restoreRun) error {
	s, err := o.server(ctx, r.Call)
	if err != nil {
		return err
	}
	r.State.After, err = s.tables(ctx, o.Database.Name)
	return err
}

// restart restarts the services, those that were restarted already excepted.
func (o restoreDatabase) restart(ctx context.Context, r *restoreRun) error {
	r.State.Running = nil
	workloads, err := o.Backends(ctx, r.Call)
	if err != nil {
		return err
	}
	for _, w := range workloads {
		r.Progress.Report(3, len(o.spec().Steps), messages.New("k8sops.restore.restarting", "workload", messages.Code(w.Name)))
		switch err := kube.RestartOnce(ctx, r.Call, w, r.Started); {
		case k8sops.CodeOf(err) == k8sops.CodeForbidden:
			r.State.Running, r.State.Refusal = append(r.State.Running, w.Line()), k8sops.WhyNot(err)
		case err != nil:
			return err
		}
	}
	return nil
}

// verify compares the data with what the backup held, and waits for the services.
func (o restoreDatabase) verify(ctx context.Context, r *restoreRun) (*k8sops.Verification, error) {
	b, err := loadBackup(ctx, o.Backups, r.State.Backup)
	if err != nil {
		return nil, err
	}
	if missing := missingTables(b.Tables, r.State.After); len(missing) > 0 {
		return &k8sops.Verification{Summary: messages.New("k8sops.restore.missing", "tables", strings.Join(missing, ", "))}, nil
	}
	workloads, err := o.Backends(ctx, r.Call)
	if err != nil {
		return nil, err
	}
	goal := rollout.Goal{}
	for _, w := range workloads {
		goal.Targets = append(goal.Targets, k8sops.Target{Kind: w.Kind, Name: w.Name})
	}
	verdict, err := rollout.Await(ctx, o.Platform, r.Call, goal, r.Progress)
	if err != nil || !verdict.OK {
		return verdict, err
	}
	changed := differences(b.Tables, r.State.After)
	if b.Tables != nil && len(changed) > 0 {
		// Services write again as soon as the data is back.
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.restore.written_since", "rows", rowsOf(r.State.After), "tables", strings.Join(changed, ", "))}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.restore.done", "id", messages.Code(b.ID), "rows", rowsOf(r.State.After))}, nil
}

// missingTables are those that the backup held and the database has not, or has empty.
func missingTables(want, got []Table) []string {
	var names []string
	for _, table := range want {
		at := slices.IndexFunc(got, func(g Table) bool { return g.Name == table.Name })
		if at < 0 || got[at].Rows == 0 && table.Rows > 0 {
			names = append(names, table.Name)
		}
	}
	return names
}

func (o restoreDatabase) report(r *restoreRun) *k8sops.Result {
	card := messages.Card{Tone: messages.ToneRunning, Title: r.Plan.Summary, Sections: []messages.Section{{Table: compareTables(r.State.Before, r.State.After)}}}
	if r.State.Safety != nil {
		card.Facts = []messages.Fact{{Label: messages.New("k8sops.restore.fact.safety"), Value: messages.Literal(r.State.Safety.ID)}}
	}
	suggest := []string{"health"}
	if len(r.State.Running) > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.restore.not_restarted", "services", strings.Join(r.State.Running, ", "), "reason", r.State.Refusal))
		suggest = append(suggest, "rollout restart all")
	}
	return &k8sops.Result{Card: card, Suggest: suggest}
}
