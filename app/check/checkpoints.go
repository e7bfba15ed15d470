package check

import (
	"context"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/messages"
)

// checkpoints says what the checkpoints of the audit record are worth as configured, and tries the bucket. A directory is opened by serve
// alone, which makes it.
func (k *checker) checkpoints(ctx context.Context, c configs.Config) {
	if len(c.Audit.Keys) == 0 {
		k.advice(messages.New("check.audit_unsigned"))
	} else {
		k.good(messages.New("check.audit_signed", "key", audit.KeyID(c.Audit.Keys[0].Reveal()), "keys", len(c.Audit.Keys)))
	}
	switch c.Audit.URL.Scheme() {
	case "":
		k.advice(messages.New("check.audit_log_only"))
	case "s3":
		k.auditBucket(ctx, c)
	}
}

func (k *checker) auditBucket(ctx context.Context, c configs.Config) {
	archive, err := configured.AuditArchive(ctx, c)
	if err == nil {
		defer func() { _ = archive.Files.Close() }() // it was only read
		_, _, err = archive.Newest(ctx)
	}
	if err != nil {
		k.problem(messages.New("check.audit_problem", "cause", err))
		return
	}
	k.good(messages.New("check.audit_bucket"))
}
