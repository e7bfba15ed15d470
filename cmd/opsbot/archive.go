package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
	"opsbot/store"
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
			archived, unreadable := readArchive(c.Storage.Archive)
			for _, problem := range unreadable {
				fmt.Fprintln(cmd.ErrOrStderr(), "skipped:", problem)
			}
			if len(args) == 0 {
				return listArchive(cmd.OutOrStdout(), archived)
			}
			return printArchived(cmd.OutOrStdout(), c, archived, args[0])
		},
	}
	config.register(cmd)
	return cmd
}

// readArchive returns the last state of each incident, and what cannot be read.
func readArchive(dir string) (archived map[int64]store.Archived, unreadable []error) {
	archived = map[int64]store.Archived{}
	for record, err := range (store.Archive{Dir: dir}).All() {
		if err != nil {
			unreadable = append(unreadable, err)
			continue
		}
		archived[record.Incident.Number] = record
	}
	return archived, unreadable
}

func listArchive(out io.Writer, archived map[int64]store.Archived) error {
	for _, number := range slices.Sorted(maps.Keys(archived)) {
		inc := archived[number].Incident
		_, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", incident.Label(number), inc.OpenedAt.Format("2006-01-02 15:04"), inc.Severity, strconv.Quote(inc.Title))
		if err != nil {
			return err
		}
	}
	return nil
}

func printArchived(out io.Writer, c configs.Config, archived map[int64]store.Archived, label string) error {
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(label), "INC-"), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not an incident: want INC-12", label)
	}
	record, ok := archived[number]
	if !ok {
		return fmt.Errorf("%s is not in the archive %s", incident.Label(number), c.Storage.Archive)
	}
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	directory, err := oncall.NewDirectory(contactsOf(c), rotationsOf(c)...)
	if err != nil {
		return err
	}
	report := record.Timeline().Report(directory)
	_, err = io.WriteString(out, report.Markdown(texts.Printer(c.Locale, directory.Named(messages.Markdown()))))
	return err
}
