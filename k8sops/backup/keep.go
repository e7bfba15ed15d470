package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// New describes a backup that a call makes now. name begins the name of its object, below what is of the same kind.
func (d Deps) New(call *k8sops.Call, kind Kind, name string) *Backup {
	at := d.Now().UTC()
	// The call's id keeps two backups of one second apart.
	id := at.Format("20060102-150405") + "-" + shortID(call.ID)
	b := &Backup{
		ID: id, Kind: kind, Cluster: call.Cluster, Namespace: call.Namespace, CreatedAt: at, CreatedBy: call.Identity.User,
		Object: kind.prefix(call.Cluster, call.Namespace) + name + "-" + id + kind.suffix(), Recipients: d.Keys.Recipients(),
	}
	if b.IsEncrypted() {
		b.Object += sealedSuffix
	}
	return b
}

// Keep stores what produce writes, and then the manifest, in which produce may note what it wrote. Where one of them fails, nothing of
// the backup is left. action is what is said to the operator.
func (d Deps) Keep(ctx context.Context, b *Backup, action string, produce func(context.Context, io.Writer) error) error {
	stored, err := d.put(ctx, b.Object, produce)
	if err != nil {
		return sayWhatIsLeft(kube.ExplainExec(action, err), err)
	}
	b.Size, b.SHA256 = stored.Size, stored.SHA256
	if err := b.Save(ctx, d.Backups); err != nil {
		return d.discard(ctx, b, err)
	}
	return nil
}

// Prove has a backup that a call made read back, and notes in its manifest that it was: read reads it to its end, as Read does. Where
// opsbot has no identity for it, what is stored is compared alone.
func (d Deps) Prove(ctx context.Context, made *Backup, progress k8sops.Progress, again string, read func(context.Context, *Backup) error) (*Backup, *k8sops.Verification, error) {
	b, err := loadBackup(ctx, d.Backups, made.manifestKey())
	if err != nil {
		return nil, nil, err
	}
	progress.Report(0, 1, messages.New("k8sops.backup.verifying", "id", messages.Code(b.ID)))
	if err := d.mark(ctx, &b, read); err != nil {
		v, err := unverified(&b, err, again)
		return &b, v, err
	}
	if err := b.Save(ctx, d.Backups); err != nil {
		return nil, nil, err
	}
	if b.VerifiedAt.IsZero() {
		return &b, &k8sops.Verification{OK: true, Summary: storedWhole(&b)}, nil
	}
	return &b, nil, nil
}

// mark notes that a backup was read back.
func (d Deps) mark(ctx context.Context, b *Backup, read func(context.Context, *Backup) error) error {
	if !d.canRead(b) {
		err := d.checkStored(ctx, b)
		if err == nil {
			b.CheckedAt = d.Now().UTC()
		}
		return err
	}
	err := read(ctx, b)
	if err == nil {
		b.VerifiedAt = d.Now().UTC()
	}
	return err
}

// Read gives read the content of a backup. Its end is an error where what is stored is not what the manifest says. What read leaves is
// read here: the checksum covers all that is stored.
func (d Deps) Read(ctx context.Context, b *Backup, read func(io.Reader) error) (err error) {
	stored, err := d.open(ctx, b)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stored.Close()) }()
	err = read(stored)
	// Whoever reads calls damaged what could not be read.
	if err := cmp.Or(stored.err, err); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, stored); err != nil {
		return fmt.Errorf("read backup %s to its end: %w", b.ID, err)
	}
	return nil
}

// storedWhole is all that can be said of a dump that opsbot has no identity for.
func storedWhole(b *Backup) messages.Text {
	return messages.New("k8sops.backup.stored_whole", "id", messages.Code(b.ID), "size", messages.Bytes(b.Size))
}

func unverified(backup *Backup, err error, again string) (*k8sops.Verification, error) {
	e, ok := errors.AsType[*k8sops.Error](kube.ExplainExec("verify backup "+backup.ID, err))
	if !ok || e.Code == k8sops.CodeUnavailable {
		return nil, err
	}
	return &k8sops.Verification{
		Summary: messages.New("k8sops.backup.unverified", "id", messages.Code(backup.ID), "reason", e.Message),
		Suggest: []string{again},
	}, nil
}

// Metered is a writer that counts what passes to w and reports it until the returned stop is called.
func (d Deps) Metered(w io.Writer, progress k8sops.Progress) (metered io.Writer, stop func() (total int64)) {
	m := &meter{}
	end := reportBytes(progress, m, d.Poll)
	return io.MultiWriter(w, m), func() int64 {
		end()
		return m.bytes.Load()
	}
}

// Facts are what is said of every backup, once it is stored.
func (b *Backup) Facts(took time.Duration) []messages.Fact {
	facts := []messages.Fact{
		{Label: messages.New("k8sops.backup.fact.size"), Value: messages.Literal(messages.Bytes(b.Size))},
		{Label: messages.New("k8sops.backup.fact.took"), Value: messages.Literal(messages.Duration(took))},
		{Label: messages.New("k8sops.backup.fact.checksum"), Value: messages.Literal("sha256:" + b.SHA256)},
		{Label: messages.New("k8sops.backup.fact.object"), Value: messages.Literal(b.Object)},
	}
	if b.IsEncrypted() {
		facts = append(facts, messages.Fact{Label: messages.New("k8sops.backup.fact.recipients"), Value: messages.Literal(strings.Join(b.Recipients, ", "))})
	}
	return facts
}
