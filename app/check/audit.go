package check

import (
	"context"
	"errors"
	"io"
	"time"

	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/messages"
	"opsbot/store"
)

// auditPage is how many rows of the audit record are in memory at once.
const auditPage = 1000

// Audit follows the chain of the audit record in the store of the configuration, also while opsbot runs, and compares it with the
// checkpoints that against names: a file (a log, too), a directory, or a bucket; "" names none.
func Audit(ctx context.Context, out io.Writer, c configs.Config, against string) error {
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	k := checker{out: out, printer: texts.Printer(c.Locale, messages.Plain())}
	checkpoints, err := k.readCheckpoints(ctx, c, against) // before the rows: what is added meanwhile has no checkpoint yet
	if err != nil {
		return err
	}
	s, err := store.OpenReadOnly(ctx, c.Storage.URL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it was only read
	if err := k.verifyAudit(ctx, s, checkpoints); err != nil {
		return err
	}
	if against == "" {
		k.advice(messages.New("audit.not_proven"))
	}
	if k.bad > 0 {
		return &Findings{number: k.bad}
	}
	return nil
}

type auditReader interface {
	AuditRows(ctx context.Context, after int64, limit int) ([]audit.Row, error)
}

// verifyAudit follows the record from its beginning and stops at the first row that breaks it.
func (k *checker) verifyAudit(ctx context.Context, s auditReader, checkpoints []audit.Checkpoint) error {
	v := audit.NewVerifier(checkpoints)
	var broken error
	err := eachAuditRow(ctx, s, 0, func(row audit.Row) error {
		broken = v.Next(row)
		return broken
	})
	if err != nil && broken == nil {
		return err
	}
	if broken == nil {
		broken = v.End()
	}
	if broken != nil {
		k.auditFinding(broken)
		return nil
	}
	last, agreed := v.Last(), v.Agreed()
	k.good(messages.New("audit.chain", "rows", last.Seq, "hash", last.Hash))
	if agreed.Rows > 0 {
		k.good(messages.New("audit.agrees", "rows", agreed.Rows, "at", at(agreed), "after", last.Seq-agreed.Rows))
	}
	return nil
}

// auditFinding says what was done to the record.
func (k *checker) auditFinding(broken error) {
	rewritten, isRewritten := errors.AsType[*audit.Rewritten](broken)
	cut, isCut := errors.AsType[*audit.Cut](broken)
	switch {
	case isRewritten:
		k.problem(messages.New("audit.rewritten", "from", rewritten.After+1, "to", rewritten.Checkpoint.Rows, "at", at(rewritten.Checkpoint)))
	case isCut && cut.Rows == 0:
		k.problem(messages.New("audit.emptied", "rows", cut.Checkpoint.Rows, "at", at(cut.Checkpoint)))
	case isCut:
		k.problem(messages.New("audit.cut", "left", cut.Rows, "rows", cut.Checkpoint.Rows, "at", at(cut.Checkpoint), "proven", cut.Agreed))
	default:
		k.problem(messages.New("audit.broken", "cause", broken))
	}
}

func at(c audit.Checkpoint) string { return c.At.Format(time.RFC3339) }

// eachAuditRow hands on the rows that follow row number after, in order, a page at a time.
func eachAuditRow(ctx context.Context, s auditReader, after int64, take func(audit.Row) error) error {
	for {
		rows, err := s.AuditRows(ctx, after, auditPage)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := take(row); err != nil {
				return err
			}
			after = row.Seq
		}
	}
}

// ExportAudit writes the rows that follow row number after as JSON lines.
func ExportAudit(ctx context.Context, out io.Writer, c configs.Config, after int64) error {
	s, err := store.OpenReadOnly(ctx, c.Storage.URL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it was only read
	return eachAuditRow(ctx, s, after, func(row audit.Row) error { return audit.Export(out, row) })
}
