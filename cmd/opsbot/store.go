package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"opsbot/app/configured"
	"opsbot/internal/agefile"
	"opsbot/store/sqldb"
)

func storeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "store", Short: "opsbot's own database"}
	cmd.AddCommand(backupCommand(), restoreCommand(), archiveCommand())
	return cmd
}

func backupCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Copy the database to a new file, also while opsbot runs", Args: cobra.ExactArgs(1),
		Long: "Copy the database to a new file, also while opsbot runs. With backup.recipients the file is encrypted for them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			keys, err := configured.BackupKeys(c.Backup)
			if err != nil {
				return err
			}
			var seal sqldb.Seal
			if len(keys.Recipients()) > 0 {
				seal = keys.Encrypt
			}
			if err := sqldb.Backup(cmd.Context(), c.Storage.URL.Reveal(), args[0], seal); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ok    "+args[0])
			return nil
		},
	}
	config.register(cmd)
	return cmd
}

func restoreCommand() *cobra.Command {
	var config configFlag
	var identity string
	cmd := &cobra.Command{
		Use: "restore BACKUP FILE", Short: "Write the database of a backup to a new file", Args: cobra.ExactArgs(2),
		Long: "Write the database of a backup to a new file, and look whether it is whole. An encrypted backup is read with --identity, or with\n" +
			"backup.identities of the configuration. Then start opsbot with storage.url: sqlite://FILE.",
		RunE: func(cmd *cobra.Command, args []string) error {
			open := func(r io.Reader) (io.Reader, error) {
				return decrypted(r, func() (*agefile.Keys, error) { return restoreKeys(identity, config) })
			}
			if err := sqldb.Restore(cmd.Context(), args[0], args[1], open); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ok    "+args[1])
			return nil
		},
	}
	config.register(cmd)
	cmd.Flags().StringVar(&identity, "identity", "", "file with the age identity, as age-keygen writes it; then no configuration is needed")
	return cmd
}

// decrypted is the content of a backup. Only one that is encrypted needs keys.
func decrypted(r io.Reader, keys func() (*agefile.Keys, error)) (io.Reader, error) {
	backup := bufio.NewReader(r)
	if beginning, _ := backup.Peek(agefile.IntroLength); !agefile.IsEncrypted(beginning) {
		return backup, nil
	}
	k, err := keys()
	if err != nil {
		return nil, err
	}
	return k.Decrypt(backup)
}

func restoreKeys(identity string, config configFlag) (*agefile.Keys, error) {
	if identity != "" {
		text, err := os.ReadFile(identity)
		if err != nil {
			return nil, fmt.Errorf("--identity: %w", err)
		}
		return agefile.Parse(nil, []string{string(text)})
	}
	c, err := config.load()
	if err != nil {
		return nil, err
	}
	return configured.BackupKeys(c.Backup)
}
