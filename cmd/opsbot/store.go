package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"opsbot/store/sqldb"
)

func storeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "store", Short: "opsbot's own database"}
	var config configFlag
	backup := &cobra.Command{
		Use: "backup FILE", Short: "Copy the database to a new file, also while opsbot runs", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			if err := sqldb.Backup(cmd.Context(), c.Storage.URL.Reveal(), args[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ok    "+args[0])
			return nil
		},
	}
	config.register(backup)
	cmd.AddCommand(backup, archiveCommand())
	return cmd
}
