package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"opsbot/app/reports"
)

func archiveCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "archive [INCIDENT]", Short: "List the incidents of storage.archive, or print the timeline of one", Args: cobra.MaximumNArgs(1),
		Example: "  opsbot store archive\n  opsbot store archive INC-12 > inc-12.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			archived, unreadable := reports.ReadArchive(c.Storage.Archive)
			for _, problem := range unreadable {
				fmt.Fprintln(cmd.ErrOrStderr(), "skipped:", problem)
			}
			if len(args) == 0 {
				return archived.List(cmd.OutOrStdout())
			}
			return archived.Print(cmd.OutOrStdout(), c, args[0])
		},
	}
	config.register(cmd)
	return cmd
}
