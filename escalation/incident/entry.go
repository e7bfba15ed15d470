package incident

import (
	"time"

	"opsbot/messages"
)

// Entry is one line of an incident's timeline. Entries never change. At is when it happened; a quoted message may be older than
// the entries before it.
type Entry struct {
	Incident int64         `json:"incident"`
	Number   int64         `json:"number"`
	At       time.Time     `json:"at"`
	Kind     EntryKind     `json:"kind"`
	Actor    string        `json:"actor,omitempty"` // Slack user id, "" for opsbot or Alertmanager
	Text     messages.Text `json:"text"`
	// InThread entries are also posted to the incident's thread; the others are for the timeline only.
	InThread bool `json:"in_thread,omitempty"`
	// Source is what the entry was made of, for EntryCluster (ClusterEvent).
	Source string `json:"source,omitempty"`
	// Withdraws is the number of an earlier entry that reports leave out because of this one.
	Withdraws int64 `json:"withdraws,omitempty"`
}

// EntryKind groups timeline entries.
type EntryKind string

// The kinds of timeline entry.
const (
	EntryAlert    EntryKind = "alert"
	EntryPage     EntryKind = "page"
	EntryAction   EntryKind = "action" // ack, escalate, assign, resolve
	EntryCommand  EntryKind = "command"
	EntryApproval EntryKind = "approval"
	EntryCluster  EntryKind = "cluster"
	EntryNote     EntryKind = "note"
	EntryStage    EntryKind = "stage"
	EntryFollowUp EntryKind = "follow_up"
	// EntryReceipt is for events that a report takes from the page ledger; it is never stored.
	EntryReceipt EntryKind = "receipt"
)
