package backup

import (
	"context"
	"errors"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/messages"
)

// verifyBackup is /backup verify (handbook: 备份验证): a restore for proof. The backup is restored into a database of its own, whose
// name no person types, and compared with what the database held when the backup was made.
type verifyBackup struct{ Deps }

type verifyArgs struct{ ID string }

// verifyState is the backup, the scratch database, and what came of it.
type verifyState struct {
	Backup  string        `json:"backup"` // key of the manifest
	Scratch string        `json:"scratch"`
	Took    time.Duration `json:"took"`
	Tables  []Table       `json:"tables,omitempty"`
	// Unread: opsbot has no identity for the backup, so that its checksum is all that is compared.
	Unread bool `json:"unread,omitempty"`
}

type verifyRun = k8sops.Run[verifyArgs, verifyState]

func (v verifyBackup) spec() k8sops.ChangeSpec[verifyArgs, verifyState] {
	return k8sops.ChangeSpec[verifyArgs, verifyState]{
		Meta: k8sops.Meta{
			Name:         "backup verify",
			Summary:      messages.New("k8sops.verify.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{"backup verify", "backup verify 20260302-093000-c0ffee"},
			Access:       backupAccess(),
			Owners:       []k8sops.Role{k8sops.System, k8sops.DBA},
		},
		Args: func(a *verifyArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "id", Into: &a.ID, Summary: messages.New("k8sops.verify.arg.id"), Positional: true, Offer: v.offer}}
		},
		Plan: v.plan,
		Steps: []k8sops.Step[verifyArgs, verifyState]{
			{Name: "restore into a scratch database", Resume: k8sops.Again, Do: v.restore},
			{Name: "count", Resume: k8sops.Again, Do: v.count},
			{Name: "drop the scratch database", Resume: k8sops.Again, Do: v.drop},
		},
		Verify: v.verify,
		Report: v.report,
		// What was restored for proof is gone already.
	}
}

func (v verifyBackup) plan(ctx context.Context, call *k8sops.Call, args verifyArgs) (*k8sops.Plan, verifyState, error) {
	b, err := v.choose(ctx, call, args.ID)
	if err != nil {
		return nil, verifyState{}, err
	}
	if !v.canRead(b) {
		return &k8sops.Plan{
			Summary: messages.New("k8sops.verify.plan_unread", "id", messages.Code(b.ID), "size", messages.Bytes(b.Size)),
			Warning: []messages.Text{messages.New("k8sops.backup.unreadable", "id", messages.Code(b.ID), "recipients", strings.Join(b.Recipients, ", "))},
			Danger:  k8sops.Change,
		}, verifyState{Backup: b.manifestKey(), Unread: true}, nil
	}
	s, err := v.server(ctx, call)
	if err != nil {
		return nil, verifyState{}, err
	}
	return &k8sops.Plan{
		Summary: messages.New("k8sops.verify.plan", "id", messages.Code(b.ID), "pod", messages.Code(s.Container.Pod), "size", messages.Bytes(b.DumpSize)),
		Danger:  k8sops.Change,
	}, verifyState{Backup: b.manifestKey(), Scratch: "opsbot_verify_" + strings.ReplaceAll(shortID(call.ID), "-", "")}, nil
}

// opened is the backup of a run and the server to restore it on.
func (v verifyBackup) opened(ctx context.Context, r *verifyRun) (Backup, server, error) {
	b, err := loadBackup(ctx, v.Backups, r.State.Backup)
	if err != nil {
		return b, server{}, err
	}
	s, err := v.server(ctx, r.Call)
	return b, s, err
}

func (v verifyBackup) restore(ctx context.Context, r *verifyRun) error {
	if r.State.Unread {
		return v.compare(ctx, r)
	}
	b, s, err := v.opened(ctx, r)
	if err != nil {
		return err
	}
	r.Progress.Report(0, 3, messages.New("k8sops.verify.restoring", "id", messages.Code(b.ID)))
	if err := s.createScratch(ctx, r.State.Scratch); err != nil {
		return err
	}
	started := v.Now()
	stored, err := v.open(ctx, &b)
	if err == nil {
		err = s.restoreScratch(ctx, stored, &b, r.State.Scratch)
	}
	r.State.Took = v.Now().Sub(started)
	return v.orDrop(ctx, s, r, err)
}

// compare is what is left of a drill where opsbot has no identity for the backup.
func (v verifyBackup) compare(ctx context.Context, r *verifyRun) error {
	b, err := loadBackup(ctx, v.Backups, r.State.Backup)
	if err != nil {
		return err
	}
	r.Progress.Report(0, 1, messages.New("k8sops.backup.verifying", "id", messages.Code(b.ID)))
	return v.checkStored(ctx, &b)
}

func (v verifyBackup) count(ctx context.Context, r *verifyRun) error {
	if r.State.Unread {
		return nil
	}
	_, s, err := v.opened(ctx, r)
	if err != nil {
		return err
	}
	r.Progress.Report(1, 3, messages.New("k8sops.verify.counting"))
	r.State.Tables, err = s.tables(ctx, r.State.Scratch)
	return v.orDrop(ctx, s, r, err)
}

// orDrop leaves no scratch database behind where a step failed or was stopped.
func (v verifyBackup) orDrop(ctx context.Context, s server, r *verifyRun, failed error) error {
	if failed == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardLimit)
	defer cancel()
	left := s.dropScratch(ctx, r.State.Scratch)
	e, ok := errors.AsType[*k8sops.Error](failed)
	if left == nil || !ok {
		return failed
	}
	said := *e
	said.Hint, said.Cause = messages.New("k8sops.verify.scratch_left", "database", messages.Code(r.State.Scratch)), errors.Join(failed, left)
	return &said
}

func (v verifyBackup) drop(ctx context.Context, r *verifyRun) error {
	if r.State.Unread {
		return nil
	}
	_, s, err := v.opened(ctx, r)
	if err != nil {
		return err
	}
	r.Progress.Report(2, 3, messages.New("k8sops.verify.dropping"))
	return s.dropScratch(ctx, r.State.Scratch)
}

// verify compares what was restored with what the manifest says, and marks the backup verified.
func (v verifyBackup) verify(ctx context.Context, r *verifyRun) (*k8sops.Verification, error) {
	b, err := loadBackup(ctx, v.Backups, r.State.Backup)
	if err != nil {
		return nil, err
	}
	if r.State.Unread {
		b.CheckedAt = v.Now().UTC()
		return &k8sops.Verification{OK: true, Summary: storedWhole(&b)}, b.Save(ctx, v.Backups)
	}
	rows, count := rowsOf(r.State.Tables), len(r.State.Tables)
	if b.Tables != nil {
		if wrong := differences(b.Tables, r.State.Tables); len(wrong) > 0 {
			return &k8sops.Verification{
				Summary: messages.New("k8sops.verify.differs", "id", messages.Code(b.ID), "tables", messages.Clip(strings.Join(wrong, ", "), 300)),
				Suggest: []string{"backup db"},
			}, nil
		}
	}
	b.VerifiedAt = v.Now().UTC()
	b.Drill = &Drill{At: b.VerifiedAt, Took: r.State.Took, Tables: count, Rows: rows, By: r.Identity.User}
	if err := b.Save(ctx, v.Backups); err != nil {
		return nil, err
	}
	summary := messages.New("k8sops.verify.proven", "id", messages.Code(b.ID), "tables", count, "rows", rows, "took", r.State.Took)
	if b.Tables == nil {
		summary = messages.New("k8sops.verify.restorable", "id", messages.Code(b.ID), "tables", count, "rows", rows, "took", r.State.Took)
	}
	return &k8sops.Verification{OK: true, Summary: summary}, nil
}

func (v verifyBackup) report(r *verifyRun) *k8sops.Result {
	card := messages.Card{Tone: messages.ToneRunning, Title: r.Plan.Summary}
	if !r.State.Unread {
		card.Sections = []messages.Section{{Table: tableCounts(r.State.Tables)}}
	}
	return &k8sops.Result{Card: card, Suggest: []string{"backups"}}
}
