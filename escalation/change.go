package escalation

import (
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Change is what a decision wants: the incident's new state with everything that must become true together with it.
// The store applies it in one transaction or not at all.
type Change struct {
	Incident incident.Incident
	Entries  []incident.Entry
	Pages    []incident.Page // new or changed rows of the ledger, by ID
	Messages []messages.Outbound
	// CancelMessages are keys of messages that need not be sent any more if they have not been (pages after an ack).
	CancelMessages []string
	// Groups are keys of groups whose alerts go to the incident from now on.
	Groups []string
	// Firing tells by fingerprint which of Alertmanager's alerts begin (true) or cease (false) to fire in the incident.
	Firing map[string]bool
	// Processed are the journal rows that this change finishes. With Incident.Number 0 a change does nothing else.
	Processed []int64
}

// Empty reports whether there is nothing to store.
func (c Change) Empty() bool { return c.Incident.Number == 0 && len(c.Processed) == 0 }
