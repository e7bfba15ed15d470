package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"opsbot/internal/agefile"
	"opsbot/k8sops"
	"opsbot/messages"
)

// IsEncrypted tells whether the dump is encrypted. Its manifest never is: tables, rows and sums can be read.
func (b *Backup) IsEncrypted() bool { return len(b.Recipients) > 0 }

// canRead tells whether opsbot has an identity for the dump, where it needs one.
func (d Deps) canRead(b *Backup) bool { return !b.IsEncrypted() || d.Keys.CanRead(b.Recipients) }

// open opens the dump of a backup. The checksum is that of what is stored, so it can be compared without an identity; what is read
// needs one.
func (d Deps) open(ctx context.Context, b *Backup) (*verifiedDump, error) {
	object, err := d.Backups.Open(ctx, b.Object)
	if err != nil {
		return nil, err
	}
	return newVerifiedDump(object, b, d.Keys), nil
}

// checkStored compares the checksum of what is stored with the manifest's. That is all that can be proven of a dump that opsbot cannot
// read.
func (d Deps) checkStored(ctx context.Context, b *Backup) (err error) {
	object, err := d.Backups.Open(ctx, b.Object)
	if err != nil {
		return err
	}
	stored := newStoredDump(object, b.SHA256)
	defer func() { err = errors.Join(err, object.Close()) }()
	return stored.check()
}

// encrypted writes what produce writes, encrypted where there are recipients.
func encrypted(w io.Writer, keys *agefile.Keys, produce func(io.Writer) error) error {
	if len(keys.Recipients()) == 0 {
		return produce(w)
	}
	sealed, err := keys.Encrypt(w)
	if err != nil {
		return fmt.Errorf("encrypt backup: %w", err)
	}
	if err := produce(sealed); err != nil {
		return err // what is not closed is not whole
	}
	return sealed.Close()
}

// unreadable is the answer where a dump has to be read and opsbot has no identity for it.
func unreadable(b *Backup) error {
	return &k8sops.Error{
		Code:    k8sops.CodeUnavailable,
		Message: messages.New("k8sops.backup.unreadable", "id", messages.Code(b.ID), "recipients", strings.Join(b.Recipients, ", ")),
		Hint:    messages.New("k8sops.backup.unreadable_hint"),
		Cause:   agefile.ErrNoIdentity,
	}
}
