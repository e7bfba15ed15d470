package main

import (
	"fmt"
	"strings"
	"time"
)

// timeline is what the file says that opsbot writes of an incident.
type timeline struct {
	text  string
	pages []ledgerRow
}

// ledgerRow is a row of the page ledger.
type ledgerRow struct {
	id       string // incident/number
	contact  string
	reason   string
	intended time.Time
	state    string
}

// The words of the English catalogue that the file is read by.
const (
	pagesHeading   = "\n## Pages\n"
	alertsHeading  = "\n## Alerts\n"
	reasonOpened   = "a new incident"
	reasonDeadline = "no answer or no progress in time"
	stateCancelled = "not needed any more"
)

// isSettled: in the end every page was received, answered or taken back.
func (r ledgerRow) isSettled() bool {
	return r.isReceived() || r.state == stateCancelled
}

// isReceived: somebody was reached.
func (r ledgerRow) isReceived() bool {
	return r.state == "delivered" || r.state == "acknowledged" || strings.HasPrefix(r.state, "answered by ")
}

// key is the outbox key of the page's message.
func (r ledgerRow) key() string { return "incident/" + strings.Replace(r.id, "/", "/page/", 1) }

// readTimeline reads the ledger out of the Markdown file.
func readTimeline(text string) (timeline, error) {
	t := timeline{text: text}
	_, ledger, found := strings.Cut(text, pagesHeading)
	if !found {
		return t, fmt.Errorf("read timeline: it has no section %q", strings.TrimSpace(pagesHeading))
	}
	for line := range strings.Lines(ledger) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != 8 || !strings.Contains(cells[0], "/") {
			continue
		}
		intended, err := time.Parse("2006-01-02 15:04:05Z", cells[3])
		if err != nil {
			return t, fmt.Errorf("read timeline, page %s: %w", cells[0], err)
		}
		t.pages = append(t.pages, ledgerRow{id: cells[0], contact: cells[1], reason: cells[2], intended: intended, state: cells[7]})
	}
	return t, nil
}

// alerts is the section that names every alert with its last state.
func (t timeline) alerts() string {
	_, rest, _ := strings.Cut(t.text, alertsHeading)
	section, _, _ := strings.Cut(rest, "\n## ")
	return section
}
