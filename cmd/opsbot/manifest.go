package main

import (
	"github.com/spf13/cobra"

	"opsbot/app/generate"
)

func manifestCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "manifest", Short: "Print the Slack app manifest", Args: cobra.NoArgs,
		Long: "manifest prints what to paste at https://api.slack.com/apps → Create New App → From a manifest.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.orDefault(cmd)
			if err != nil {
				return err
			}
			return generate.Write(cmd.OutOrStdout(), c, generate.Manifest)
		},
	}
	config.register(cmd)
	return cmd
}
