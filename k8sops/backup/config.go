package backup

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"opsbot/k8sops"
	"opsbot/messages"
)

// backupConfig is /backup config (handbook: 配置备份): every object of the namespace that a person or a program made, as it can be
// applied again.
type backupConfig struct{ Deps }

type configArgs struct{}

// configState is the backup, once it is stored, and how long that took. What it holds is in its manifest.
type configState struct {
	Backup Backup        `json:"backup"`
	Count  int           `json:"count"`
	Kinds  int           `json:"kinds"`
	Took   time.Duration `json:"took"`
}

type configRun = k8sops.Run[configArgs, configState]

func (b backupConfig) spec() k8sops.ChangeSpec[configArgs, configState] {
	return k8sops.ChangeSpec[configArgs, configState]{
		Meta: k8sops.Meta{
			Name:         "backup config",
			Aliases:      []string{"backup configuration"},
			Summary:      messages.New("k8sops.backup_config.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{"backup config"},
			Access:       b.configAccess(false),
			Owners:       []k8sops.Role{k8sops.System},
		},
		Plan: b.plan,
		// What was cut short left nothing behind, and one too many does no harm.
		Steps:  []k8sops.Step[configArgs, configState]{{Name: "store", Resume: k8sops.Again, Do: b.store}},
		Verify: b.verify,
		Report: func(r *configRun) *k8sops.Result {
			return &k8sops.Result{Card: configCard(r.State), Suggest: []string{"backups"}}
		},
		// A backup takes nothing away, so there is nothing to undo.
	}
}

func (b backupConfig) plan(_ context.Context, call *k8sops.Call, _ configArgs) (*k8sops.Plan, configState, error) {
	if b.Backups == nil {
		return nil, configState{}, NoStorage()
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.backup_config.plan", "namespace", messages.Code(call.Namespace))}
	if !b.keepsSecrets() {
		plan.Warning = append(plan.Warning, messages.New("k8sops.backup_config.no_secrets"))
	}
	return plan, configState{}, nil
}

func (b backupConfig) store(ctx context.Context, r *configRun) error {
	started := b.Now()
	backup, err := b.take(ctx, r.Call, r.Progress)
	if err != nil {
		return err
	}
	kinds := map[string]bool{}
	for _, o := range backup.Objects {
		kinds[o.APIVersion+o.Kind] = true
	}
	*r.State = configState{*backup, len(backup.Objects), len(kinds), b.Now().Sub(started)}
	r.State.Backup.Objects = nil // the manifest has them; the state of a call stays small
	return nil
}

// take makes a backup.
func (b backupConfig) take(ctx context.Context, call *k8sops.Call, progress k8sops.Progress) (*Backup, error) {
	backup := b.New(call, ConfigKind, "config")
	return backup, b.Keep(ctx, backup, "back up configuration", func(ctx context.Context, w io.Writer) error {
		return b.writeObjects(ctx, call, backup, progress, w)
	})
}

func (b backupConfig) verify(ctx context.Context, r *configRun) (*k8sops.Verification, error) {
	backup, v, err := b.Prove(ctx, &r.State.Backup, r.Progress, "backup config", b.readBack)
	if v != nil || err != nil {
		return v, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.backup_config.verified", "id", messages.Code(backup.ID), "count", len(backup.Objects))}, nil
}

// prove notes in the manifest that the backup was read back.
func (b backupConfig) prove(ctx context.Context, backup *Backup) error {
	return b.mark(ctx, backup, b.readBack)
}

// readBack reads object by object, and compares them with the manifest.
func (b backupConfig) readBack(ctx context.Context, backup *Backup) error {
	read := 0
	err := b.readObjects(ctx, backup, func(o *unstructured.Unstructured) error {
		if read >= len(backup.Objects) || backup.Objects[read] != refOf(o) {
			return &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_config.differs")}
		}
		read++
		return nil
	})
	if err == nil && read != len(backup.Objects) {
		err = &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_config.differs")}
	}
	return err
}

func configCard(s *configState) messages.Card {
	b := &s.Backup
	return messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.backup_config.stored", "namespace", messages.Code(b.Namespace), "id", messages.Code(b.ID)),
		Facts: slices.Insert(b.Facts(s.Took), 0, messages.Fact{
			Label: messages.New("k8sops.backup_config.fact.objects"), Value: messages.New("k8sops.backup_config.objects", "count", s.Count, "kinds", s.Kinds),
		}),
		Footer: append(leftOutTexts(b.LeftOut), messages.New("k8sops.backup_config.runs")),
	}
}

// leftOutTexts name what a backup does not hold, by reason, but for the Secrets of which the plan has warned.
func leftOutTexts(out []LeftOut) (texts []messages.Text) {
	named := map[Why][]string{}
	for _, o := range out {
		named[o.Why] = append(named[o.Why], o.Resource)
	}
	if kinds := named[NotAllowed]; len(kinds) > 0 {
		texts = append(texts, messages.New("k8sops.backup_config.forbidden", "kinds", strings.Join(kinds, ", ")))
	}
	if kinds := named[NotServed]; len(kinds) > 0 {
		texts = append(texts, messages.New("k8sops.backup_config.unavailable", "kinds", strings.Join(kinds, ", ")))
	}
	return texts
}
