package backup

import (
	"context"
	"io"
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
		return nil, configState{}, noStorage()
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
	at := b.Now().UTC()
	id := at.Format("20060102-150405") + "-" + shortID(call.ID)
	backup := &Backup{
		ID: id, Kind: ConfigKind, Cluster: call.Cluster, Namespace: call.Namespace, CreatedAt: at, CreatedBy: call.Identity.User,
		Object: ConfigKind.prefix(call.Cluster, call.Namespace) + "config-" + id + configSuffix, Recipients: b.Keys.Recipients(),
	}
	if backup.IsEncrypted() {
		backup.Object += sealedSuffix
	}
	stored, err := b.put(ctx, backup.Object, func(ctx context.Context, w io.Writer) error {
		return b.writeObjects(ctx, call, backup, progress, w)
	})
	if err != nil {
		return nil, sayWhatIsLeft(k8sops.Explain("back up configuration", err), err)
	}
	backup.Size, backup.SHA256 = stored.Size, stored.SHA256
	if err := backup.Save(ctx, b.Backups); err != nil {
		return nil, b.discard(ctx, backup, err)
	}
	return backup, nil
}

func (b backupConfig) verify(ctx context.Context, r *configRun) (*k8sops.Verification, error) {
	backup, err := loadBackup(ctx, b.Backups, r.State.Backup.manifestKey())
	if err != nil {
		return nil, err
	}
	r.Progress.Report(0, 1, messages.New("k8sops.backup.verifying", "id", messages.Code(backup.ID)))
	if err := b.prove(ctx, &backup); err != nil {
		return unverified(&backup, err, "backup config")
	}
	if err := backup.Save(ctx, b.Backups); err != nil {
		return nil, err
	}
	if backup.VerifiedAt.IsZero() {
		return &k8sops.Verification{OK: true, Summary: storedWhole(&backup)}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.backup_config.verified", "id", messages.Code(backup.ID), "count", len(backup.Objects))}, nil
}

// prove notes in the manifest that the backup was read back: object by object, or where opsbot has no identity for it, as what is stored.
func (b backupConfig) prove(ctx context.Context, backup *Backup) error {
	if !b.canRead(backup) {
		err := b.checkStored(ctx, backup)
		if err == nil {
			backup.CheckedAt = b.Now().UTC()
		}
		return err
	}
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
	if err == nil {
		backup.VerifiedAt = b.Now().UTC()
	}
	return err
}

func configCard(s *configState) messages.Card {
	b := &s.Backup
	card := messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.backup_config.stored", "namespace", messages.Code(b.Namespace), "id", messages.Code(b.ID)),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.backup_config.fact.objects"), Value: messages.New("k8sops.backup_config.objects", "count", s.Count, "kinds", s.Kinds)},
			{Label: messages.New("k8sops.backup.fact.size"), Value: messages.Literal(messages.Bytes(b.Size))},
			{Label: messages.New("k8sops.backup.fact.took"), Value: messages.Literal(messages.Duration(s.Took))},
			{Label: messages.New("k8sops.backup.fact.checksum"), Value: messages.Literal("sha256:" + b.SHA256)},
			{Label: messages.New("k8sops.backup.fact.object"), Value: messages.Literal(b.Object)},
		},
		Footer: append(leftOutTexts(b.LeftOut), messages.New("k8sops.backup_config.runs")),
	}
	if b.IsEncrypted() {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.backup.fact.recipients"), Value: messages.Literal(strings.Join(b.Recipients, ", "))})
	}
	return card
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
