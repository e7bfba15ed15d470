package filebackup

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// backupFiles is /backup files (handbook: 文件备份). tar writes in the pod; the stream goes straight to the storage and is never whole in
// memory or on the bot's disk.
type backupFiles struct{ Deps }

type filesArgs struct {
	Service string
	Path    string
	Pod     string
}

// filesState is what is read, the backup, once it is stored, and how long that took.
type filesState struct {
	Files  backup.Files   `json:"files"`
	Backup *backup.Backup `json:"backup,omitempty"`
	Took   time.Duration  `json:"took,omitempty"`
}

type filesRun = k8sops.Run[filesArgs, filesState]

func (b backupFiles) spec() k8sops.ChangeSpec[filesArgs, filesState] {
	example := "backup files " + b.Places[0].Workload + " " + b.Places[0].Paths[0]
	return k8sops.ChangeSpec[filesArgs, filesState]{
		Meta: k8sops.Meta{
			Name:         "backup files",
			Summary:      messages.New("k8sops.backup_files.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{example},
			Access:       append(slices.Concat(kube.ExecAccess(false), kube.ListWorkloads()), k8sops.Access{Verb: "list", Resource: "pods"}),
			Owners:       []k8sops.Role{k8sops.System},
		},
		Args: func(a *filesArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.backup_files.arg.service"), Positional: true, Required: true, Offer: b.places().Offer, OfferMore: true},
				{Name: "path", Into: &a.Path, Summary: messages.New("k8sops.backup_files.arg.path"), Positional: true, Offer: b.offerPaths, OfferNeeds: "service"},
				{Name: "pod", Into: &a.Pod, Summary: messages.New("k8sops.backup_files.arg.pod")},
			}
		},
		Plan: b.plan,
		// An archive that was cut short left nothing behind, and one too many does no harm.
		Steps:  []k8sops.Step[filesArgs, filesState]{{Name: "store", Resume: k8sops.Again, Do: b.store}},
		Verify: b.verify,
		Report: report,
		// A backup takes nothing away, so there is nothing to undo.
	}
}

func (b backupFiles) plan(ctx context.Context, call *k8sops.Call, args filesArgs) (*k8sops.Plan, filesState, error) {
	if b.Backups == nil {
		return nil, filesState{}, backup.NoStorage()
	}
	files, others, err := b.chosen(ctx, call, args)
	if err != nil {
		return nil, filesState{}, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.backup_files.plan", "path", messages.Code(files.Path), "pod", messages.Code(files.Pod))}
	if others > 0 && args.Pod == "" {
		plan.Warning = append(plan.Warning, messages.New("k8sops.backup_files.one_pod", "pod", messages.Code(files.Pod), "count", others))
	}
	return plan, filesState{Files: files}, nil
}

func (b backupFiles) store(ctx context.Context, r *filesRun) error {
	started := b.Now()
	files := r.State.Files
	_, name, _ := strings.Cut(files.Workload, "/")
	made := b.New(r.Call, backup.FilesKind, name)
	made.Files = &files
	err := b.Keep(ctx, made, "back up files of "+files.Pod, func(ctx context.Context, w io.Writer) (err error) {
		metered, stop := b.Metered(w, r.Progress)
		defer func() { made.DumpSize = stop() }()
		return archive(ctx, r.Call, &files, metered)
	})
	if err != nil {
		return err
	}
	r.State.Backup, r.State.Took = made, b.Now().Sub(started)
	return nil
}

// verify reads the archive to its end: there must be in it what was when it was written.
func (b backupFiles) verify(ctx context.Context, r *filesRun) (*k8sops.Verification, error) {
	made, v, err := b.Prove(ctx, r.State.Backup, r.Progress, k8sops.Canonical(r.Operation, r.Call.Args), func(ctx context.Context, made *backup.Backup) error {
		return b.Read(ctx, made, func(stored io.Reader) error {
			read, err := inspect(stored, made.Files.Path)
			if err == nil && read != (contents{made.Files.Entries, made.Files.Bytes}) {
				err = &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_files.differs")}
			}
			return err
		})
	})
	if v != nil || err != nil {
		return v, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.backup_files.verified", "id", messages.Code(made.ID),
		"count", made.Files.Entries, "size", messages.Bytes(made.Files.Bytes))}, nil
}

func report(r *filesRun) *k8sops.Result {
	made := r.State.Backup
	card := messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.backup_files.stored", "path", messages.Code(made.Files.Path), "pod", messages.Code(made.Files.Pod), "id", messages.Code(made.ID)),
		Facts: slices.Insert(made.Facts(r.State.Took), 0, messages.Fact{Label: messages.New("k8sops.backup_files.fact.files"),
			Value: messages.New("k8sops.backup_files.files", "count", made.Files.Entries, "size", messages.Bytes(made.Files.Bytes))}),
		Footer: []messages.Text{messages.New("k8sops.backup_files.restore")},
	}
	if changed := made.Files.Changed; len(changed) > 0 {
		card.Footer = append([]messages.Text{messages.New("k8sops.backup_files.changed", "files", messages.Clip(strings.Join(changed, "; "), 500))}, card.Footer...)
	}
	return &k8sops.Result{Card: card, Suggest: []string{"backups"}}
}
