package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/check"
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
			return check.Audit(cmd.Context(), cmd.OutOrStdout(), c)
		},
	}
	config.register(verify)
	cmd.AddCommand(verify)
	return cmd
}
