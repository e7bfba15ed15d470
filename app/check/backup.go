package check

import (
	"context"
	"errors"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/messages"
)

// encryption says who can read backups.
func (k *checker) encryption(c configs.Config) {
	keys, err := configured.BackupKeys(c.Backup)
	switch {
	case err != nil:
		k.problem(messages.New("check.backups_problem", "cause", messages.Literal(err.Error())))
	case len(keys.Recipients()) == 0:
		k.advice(messages.New("check.backups_plain"))
	case !keys.CanRead(keys.Recipients()):
		k.advice(messages.New("check.backups_unread"))
	default:
		k.good(messages.New("check.backups_encrypted"))
	}
}

// backups tries a bucket. A directory is opened by serve alone, which makes it.
func (k *checker) backups(ctx context.Context, c configs.Config) {
	k.encryption(c)
	if c.Backup.URL.Scheme() != "s3" {
		return
	}
	store, err := configured.Backups(ctx, c)
	if err != nil {
		k.problem(messages.New("check.backups_problem", "cause", messages.Literal(err.Error())))
		return
	}
	defer store.Close()
	// Nothing lies there; that it is said is the proof.
	if _, err := store.List(ctx, "opsbot-check/"); err != nil {
		cause := messages.Literal(err.Error())
		if e, ok := errors.AsType[*k8sops.Error](err); ok {
			cause = e.Message
		}
		k.problem(messages.New("check.backups_problem", "cause", cause))
		return
	}
	k.good(messages.New("check.backups"))
}
