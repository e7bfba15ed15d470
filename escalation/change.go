package escalation

import (
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Change is the result of a decision: the incident's new state and everything that changes with it. The store applies it in
// one transaction or not at all.
type Change struct {
	Incident incident.Incident
	Entries  []incident.Entry
	Pages    []incident.Page // new or changed rows of the ledger, by ID
	Messages []messages.Outbound
	// CancelMessages are the keys of messages that are no longer needed if they are still unsent (pages after an ack).
	CancelMessages []string
	// Groups are keys of groups whose alerts go to the incident from now on.
	Groups []string
	// Firing says by fingerprint which of Alertmanager's alerts begin (true) or stop (false) firing in the incident.
	Firing map[string]bool
	// Processed are the journal rows that this change finishes. If Incident.Number is 0, it does nothing else.
	Processed []int64
}

// Empty reports whether there is nothing to store.
func (c Change) Empty() bool { return c.Incident.Number == 0 && len(c.Processed) == 0 }
