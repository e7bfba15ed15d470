package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"opsbot/handlers"
	"opsbot/store"
)

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "The record of every call"}
	var config configFlag
	verify := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the audit record was changed, removed or reordered", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			s, err := store.OpenReadOnly(cmd.Context(), c.Storage.URL.Reveal())
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }() // it was only read
			return verifyAudit(cmd.Context(), cmd.OutOrStdout(), s)
		},
	}
	config.register(verify)
	cmd.AddCommand(verify)
	return cmd
}

type auditReader interface {
	AuditRows(ctx context.Context, after int64, limit int) ([]handlers.AuditRow, error)
}

// verifyAudit follows the chain from its beginning and stops at the first row that breaks it.
func verifyAudit(ctx context.Context, out io.Writer, s auditReader) error {
	var last handlers.AuditRow
	for {
		rows, err := s.AuditRows(ctx, last.Seq, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := handlers.VerifyChain(last, row); err != nil {
				fmt.Fprintf(out, "FAIL  %v\n", err)
				return &findings{1}
			}
			last = row
		}
		if len(rows) == 0 {
			fmt.Fprintf(out, "ok    %d entries, the last one's hash is %s\n", last.Seq, last.Hash)
			return nil
		}
	}
}
