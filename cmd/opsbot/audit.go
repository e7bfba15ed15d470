package main

import (
	"bufio"
	"errors"

	"github.com/spf13/cobra"

	"opsbot/app/check"
)

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "The record of every call"}
	cmd.AddCommand(verifyAuditCommand(), exportAuditCommand())
	return cmd
}

func verifyAuditCommand() *cobra.Command {
	var config configFlag
	var against string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the audit record was changed, removed or reordered", Args: cobra.NoArgs,
		Long: "Follows the chain of the audit record. The chain alone does not show that its end was cut off, that it was emptied, or that it was\n" +
			"computed anew: checkpoints do, which opsbot writes into its log, and to audit.url.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			return check.Audit(cmd.Context(), cmd.OutOrStdout(), c, against)
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&against, "against", "", "checkpoints to compare with: a file of them or a log of opsbot's, a directory, or s3://BUCKET/PREFIX (see audit.url)")
	return cmd
}

func exportAuditCommand() *cobra.Command {
	var config configFlag
	var after int64
	cmd := &cobra.Command{
		Use: "export", Short: "Write the audit record as JSON lines, with its hashes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			return errors.Join(check.ExportAudit(cmd.Context(), out, c, after), out.Flush())
		},
	}
	config.register(cmd)
	cmd.Flags().Int64Var(&after, "after", 0, "begin behind this row")
	return cmd
}
