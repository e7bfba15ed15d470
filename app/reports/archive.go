package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
	"opsbot/store"
)

// Archive is the last state of each archived incident, by number.
type Archive map[int64]store.Archived

// ReadArchive returns what the directory holds, and what cannot be read.
func ReadArchive(dir string) (archived Archive, unreadable []error) {
	archived = Archive{}
	for record, err := range (store.Archive{Dir: dir}).All() {
		if err != nil {
			unreadable = append(unreadable, err)
			continue
		}
		archived[record.Incident.Number] = record
	}
	return archived, unreadable
}

// List writes a line for each incident, oldest first.
func (a Archive) List(out io.Writer) error {
	for _, number := range slices.Sorted(maps.Keys(a)) {
		inc := a[number].Incident
		_, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", incident.Label(number), inc.OpenedAt.Format("2006-01-02 15:04"), inc.Severity, strconv.Quote(inc.Title))
		if err != nil {
			return err
		}
	}
	return nil
}

// Print writes the timeline of one incident as Markdown.
func (a Archive) Print(out io.Writer, c configs.Config, label string) error {
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(label), "INC-"), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not an incident: want INC-12", label)
	}
	record, ok := a[number]
	if !ok {
		return fmt.Errorf("%s is not in the archive %s", incident.Label(number), c.Storage.Archive)
	}
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	directory, err := oncall.NewDirectory(configured.Contacts(c), configured.Rotations(c)...)
	if err != nil {
		return err
	}
	report := record.Timeline().Report(directory)
	_, err = io.WriteString(out, report.Markdown(texts.Printer(c.Locale, directory.Named(messages.Markdown()))))
	return err
}
