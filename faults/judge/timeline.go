package judge

import (
	"fmt"
	"strings"
	"time"
)

// Timeline is what the file says that opsbot writes of an incident.
type Timeline struct {
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

// isSettled: in the end every page was received, answered or taken back.
func (r ledgerRow) isSettled() bool {
	return r.isReceived() || r.state == stateCancelled
}

// isReceived: somebody was reached.
func (r ledgerRow) isReceived() bool {
	return r.state == stateDelivered || r.state == stateAcked || strings.HasPrefix(r.state, stateAnsweredBy)
}

// key is the outbox key of the page's message.
func (r ledgerRow) key() string { return "incident/" + strings.Replace(r.id, "/", "/page/", 1) }

// ReadTimeline reads the ledger out of the Markdown file.
func ReadTimeline(text string) (Timeline, error) {
	t := Timeline{text: text}
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
func (t Timeline) alerts() string {
	_, rest, _ := strings.Cut(t.text, alertsHeading)
	section, _, _ := strings.Cut(rest, "\n## ")
	return section
}

// wasOverAtOnce: opsbot heard of the beginning and the end at the same time, which leaves nothing to page anybody for.
func (t Timeline) wasOverAtOnce() bool {
	opened, resolved := t.fact(factOpened), t.fact(factResolved)
	return opened != "" && opened == resolved
}

// fact is a value of the list at the file's beginning, "" where there is none.
func (t Timeline) fact(label string) string {
	_, rest, found := strings.Cut(t.text, "\n- **"+label+"**: ")
	if !found {
		return ""
	}
	value, _, _ := strings.Cut(rest, "\n")
	return value
}
