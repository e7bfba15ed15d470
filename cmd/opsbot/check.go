package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/check"
)

func checkCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "check", Short: "Check configuration, Slack, cluster and contact table, and say what to mend", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return check.Invalid(cmd.OutOrStdout(), err)
			}
			return check.Run(cmd.Context(), cmd.OutOrStdout(), c)
		},
	}
	config.register(cmd)
	return cmd
}
