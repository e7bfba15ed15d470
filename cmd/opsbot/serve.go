package main

import (
	"github.com/spf13/cobra"

	"opsbot/app"
)

func serveCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the bot", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			return app.Serve(cmd.Context(), c)
		},
	}
	config.register(cmd)
	return cmd
}
