package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/messages"
	"opsbot/store"
)

// archive is the last state of each archived incident, by number.
type archive map[int64]store.Archived

// readArchive returns what the directory holds, and what cannot be read.
func readArchive(dir string) (archived archive, unreadable []error) {
	archived = archive{}
	for record, err := range (store.Archive{Dir: dir}).All() {
		if err != nil {
			unreadable = append(unreadable, err)
			continue
		}
		archived[record.Incident.Number] = record
	}
	return archived, unreadable
}

// list writes a line for each incident, oldest first.
func (a archive) list(out io.Writer) error {
	for _, number := range slices.Sorted(maps.Keys(a)) {
		inc := a[number].Incident
		_, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", escalation.Label(number), inc.OpenedAt.Format("2006-01-02 15:04"), inc.Severity, strconv.Quote(inc.Title))
		if err != nil {
			return err
		}
	}
	return nil
}

// print writes the timeline of one incident as Markdown.
func (a archive) print(out io.Writer, c configs.Config, label string) error {
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(label), "INC-"), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not an incident: want INC-12", label)
	}
	record, ok := a[number]
	if !ok {
		return fmt.Errorf("%s is not in the archive %s", escalation.Label(number), c.Storage.Archive)
	}
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	directory, err := escalation.NewDirectory(contactsOf(c), rotationsOf(c)...)
	if err != nil {
		return err
	}
	report := record.Timeline().Report(directory)
	_, err = io.WriteString(out, report.Markdown(texts.Printer(c.Locale, directory.Named(messages.Markdown()))))
	return err
}
