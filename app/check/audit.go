package check

import (
	"context"
	"fmt"
	"io"

	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/store"
)

// Audit follows the chain of the audit record in the store of the configuration, also while opsbot runs.
func Audit(ctx context.Context, out io.Writer, c configs.Config) error {
	s, err := store.OpenReadOnly(ctx, c.Storage.URL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it was only read
	return verifyAudit(ctx, out, s)
}

type auditReader interface {
	AuditRows(ctx context.Context, after int64, limit int) ([]audit.Row, error)
}

// verifyAudit follows the chain from its beginning and stops at the first row that breaks it.
func verifyAudit(ctx context.Context, out io.Writer, s auditReader) error {
	var last audit.Row
	for {
		rows, err := s.AuditRows(ctx, last.Seq, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := audit.VerifyRow(last, row); err != nil {
				fmt.Fprintf(out, "FAIL  %v\n", err)
				return &Findings{number: 1}
			}
			last = row
		}
		if len(rows) == 0 {
			fmt.Fprintf(out, "ok    %d entries, the last one's hash is %s\n", last.Seq, last.Hash)
			return nil
		}
	}
}
