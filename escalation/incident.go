package escalation

import (
	"time"

	"opsbot/messages"
)

// Severity of an alert, and of an incident the worst of its firing alerts.
type Severity int

// The severities, by the label "severity" of an alert; an unknown one counts as warning.
const (
	Info Severity = iota
	Warning
	Critical
)

// Role is a role of the handbook's contact table.
type Role string

// The contact roles (handbook: 紧急联系人).
const (
	System      Role = "system"
	DBA         Role = "dba"
	Network     Role = "network"
	Development Role = "development"
)

// Roles that only a ladder may name: the incident's own role, its owner, and every contact.
const (
	Routed   Role = "routed"
	Owner    Role = "owner"
	Everyone Role = "everyone"
)

// Alert is the last known state of one alert, identified by its fingerprint.
type Alert struct {
	Fingerprint  string            `json:"fingerprint"`
	Firing       bool              `json:"firing"`
	Labels       map[string]string `json:"labels,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	StartsAt     time.Time         `json:"starts_at"`
	EndsAt       time.Time         `json:"ends_at,omitzero"`
	GeneratorURL string            `json:"generator_url,omitempty"`
	// Manual alerts were declared by a person, whose word also ends them.
	Manual bool `json:"manual,omitempty"`
	// Own alerts are raised by opsbot itself.
	Own bool `json:"own,omitempty"`
	// ChangedAt is when opsbot received what made the alert fire or resolve.
	ChangedAt time.Time `json:"changed_at,omitzero"`
	// Digest is the thread message that names the alert (DigestKey); 0 where the header named it when it opened.
	Digest int64 `json:"digest,omitempty"`
}

// Notification is one webhook delivery of Alertmanager (group of alerts), as journaled before it was acknowledged.
type Notification struct {
	// JournalID is the row of the journal; 0 for a notification that opsbot made itself (a reconciler, /incident open).
	JournalID  int64             `json:"journal_id"`
	ReceivedAt time.Time         `json:"received_at"`
	GroupKey   string            `json:"group_key"`        // see GroupKey
	Labels     map[string]string `json:"labels,omitempty"` // group labels
	Alerts     []Alert           `json:"alerts"`
	// Truncated is how many further alerts are not in Alerts: Alertmanager left them out (max_alerts), there were too
	// many, or they could not be read. Unread says what is wrong with the first that could not, nil if there is none.
	Truncated   int             `json:"truncated,omitempty"`
	Unread      *MalformedError `json:"-"`
	ExternalURL string          `json:"external_url,omitempty"`
	// Repair marks what Alertmanager's API told, because no webhook did. ReceivedAt is when the API was asked.
	Repair bool `json:"repair,omitempty"`
}

// Status is where an incident stands.
type Status string

// The statuses. Quiet means that every alert has resolved and the quiet period runs: a re-fire reopens the incident.
const (
	Open         Status = "open"
	Acknowledged Status = "acknowledged"
	Quiet        Status = "quiet"
	Resolved     Status = "resolved"
)

// Stage is a stage of the handbook's response procedure (告警响应流程).
type Stage string

// The stages, in order; each has a deadline counted from the incident's opening (postmortem: from its resolution).
const (
	Respond    Stage = "respond"
	Diagnose   Stage = "diagnose"
	Resolve    Stage = "resolve"
	Postmortem Stage = "postmortem"
	Done       Stage = "done"
)

// Incident is one problem from its first alert to its postmortem. It is stored whole; Version guards against
// concurrent writers.
type Incident struct {
	Number   int64             `json:"number"` // shown as INC-12
	Version  int64             `json:"version"`
	GroupKey string            `json:"group_key"`
	Title    string            `json:"title"` // untrusted: from the alerts
	Severity Severity          `json:"severity"`
	Status   Status            `json:"status"`
	Role     Role              `json:"role"` // routed to
	Labels   map[string]string `json:"labels,omitempty"`
	Alerts   map[string]Alert  `json:"alerts"` // by fingerprint
	Channel  string            `json:"channel"`
	// Storm is an incident of many groups; Labels are what all its alerts share, and Groups is how many groups there are.
	Storm  bool `json:"storm,omitempty"`
	Groups int  `json:"groups,omitempty"`
	// Correlation is what incidents of one cause have in common (StormPolicy). FedAt is when the last alert fired.
	Correlation string    `json:"correlation,omitempty"`
	FedAt       time.Time `json:"fed_at,omitzero"`
	// SeverityFixed: a person set the severity; only a worse new alert changes it.
	SeverityFixed bool   `json:"severity_fixed,omitempty"`
	ExternalURL   string `json:"external_url,omitempty"` // Alertmanager's
	// Truncated is how many alerts were left out of the last delivery.
	Truncated int `json:"truncated,omitempty"`

	OpenedAt   time.Time `json:"opened_at"`
	ReopenedAt time.Time `json:"reopened_at,omitzero"` // the stages are counted from here if it is set
	AckedAt    time.Time `json:"acked_at,omitzero"`
	Owner      string    `json:"owner,omitempty"` // Slack user id, or the id of a contact who is not in Slack
	// HandoffTo is the Slack user id of somebody who was asked to take the incident over, until HandoffUntil.
	HandoffTo    string    `json:"handoff_to,omitempty"`
	HandoffUntil time.Time `json:"handoff_until,omitzero"`
	// ShiftEndsAt is when other people are on call for the role than the owner, who is now.
	ShiftEndsAt  time.Time `json:"shift_ends_at,omitzero"`
	DiagnosedAt  time.Time `json:"diagnosed_at,omitzero"`
	QuietAt      time.Time `json:"quiet_at,omitzero"`
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`
	ClosedAt     time.Time `json:"closed_at,omitzero"` // postmortem done
	LastActivity time.Time `json:"last_activity"`
	// DoubtedAt is when a person said that it is over although alerts fired, as long as no report of a firing alert came
	// after that; else zero.
	DoubtedAt time.Time `json:"doubted_at,omitzero"`

	Stage Stage `json:"stage"`
	// Rung is the next rung of the current stage's ladder, or the one after it where that is skipped; Round counts how often
	// the ladder was climbed.
	Rung  int `json:"rung"`
	Round int `json:"round"`
	// ClimbAt is when the next rung is paged; NewsAt when people are told of the News alerts that came since PagedAt.
	ClimbAt time.Time `json:"climb_at,omitzero"`
	NewsAt  time.Time `json:"news_at,omitzero"`
	PagedAt time.Time `json:"paged_at,omitzero"`
	// HeldUntil is when the first page goes out, where an incident was opened outside the hours of its severity; zero
	// otherwise, and once somebody has been paged.
	HeldUntil time.Time `json:"held_until,omitzero"`
	News      int       `json:"news,omitempty"`
	// DueAt is when Next has something to do; zero: never. The store indexes it.
	DueAt time.Time `json:"due_at,omitzero"`
	// StageDueAt is the stage's deadline as people see it.
	StageDueAt time.Time `json:"stage_due_at,omitzero"`
	// Entries counts the timeline entries, so that each has a stable number.
	Entries int64 `json:"entries"`
	// Pages counts the pages, likewise, and Digests the thread messages that name alerts.
	Pages   int64 `json:"pages"`
	Digests int64 `json:"digests,omitempty"`
	// Quotes are the messages on the timeline (Quote.Message), with the numbers of their entries.
	Quotes map[string]int64 `json:"quotes,omitempty"`
	// Update is what was last said to stakeholders; Announced: there is a message for them.
	Update    string    `json:"update,omitempty"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Announced bool      `json:"announced,omitempty"`
	// FollowUps are what is to be done so that it does not happen again.
	FollowUps []FollowUp `json:"follow_ups,omitempty"`
	// Settled is the number of the last page that was answered or became needless: none up to it goes on to another channel.
	Settled int64 `json:"settled,omitempty"`
}

// Entry is one line of an incident's timeline. Entries are never changed. At is when it happened, which for a message that was
// put on the timeline is earlier than the entries before it.
type Entry struct {
	Incident int64         `json:"incident"`
	Number   int64         `json:"number"`
	At       time.Time     `json:"at"`
	Kind     EntryKind     `json:"kind"`
	Actor    string        `json:"actor,omitempty"` // Slack user id, "" for opsbot or Alertmanager
	Text     messages.Text `json:"text"`
	// InThread entries are also posted to the incident's thread; the others are for the timeline only.
	InThread bool `json:"in_thread,omitempty"`
	// Source is what the entry was made of, for EntryCluster (Happening).
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
	// EntryReceipt is what a Report knows of the page ledger; it is never stored.
	EntryReceipt EntryKind = "receipt"
)

// Page is one row of the page ledger: one person to be reached about one incident over one channel.
type Page struct {
	ID       string    `json:"id"` // "12/3": incident/number
	Incident int64     `json:"incident"`
	Contact  string    `json:"contact"` // contact id
	Role     Role      `json:"role"`
	Via      Via       `json:"via"`
	Address  string    `json:"address"`
	Stage    Stage     `json:"stage"`
	Rung     int       `json:"rung"`
	Round    int       `json:"round"`
	Reason   Reason    `json:"reason"`
	State    PageState `json:"state"`
	// Batch is the number of the first page that was decided together with this one; After is the page of the same person
	// that came to nothing, so that this one was made.
	Batch int64  `json:"batch,omitempty"`
	After string `json:"after,omitempty"`
	// Until is how long it may take: after that the person's next channel is tried, and no courier tries this one again.
	Until time.Time `json:"until,omitzero"`
	// Receipt is the provider's name for what it took: a Message-ID, a Twilio SID, an HTTP status.
	Receipt string `json:"receipt,omitempty"`
	// IntendedAt is when the policy decided it, AttemptedAt when it was handed to the provider, ReceiptAt when the
	// provider took it, AckedAt when a person reacted to the incident.
	IntendedAt  time.Time `json:"intended_at"`
	AttemptedAt time.Time `json:"attempted_at,omitzero"`
	ReceiptAt   time.Time `json:"receipt_at,omitzero"`
	AckedAt     time.Time `json:"acked_at,omitzero"`
	// AnsweredAt is when this very page was answered outside Slack, which can be done once.
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	// AckedBy is who reacted: a Slack user, or the id of a contact who is not in Slack. A page is answered by whoever takes the
	// incident, not only by who was paged.
	AckedBy string `json:"acked_by,omitempty"`
	Error   string `json:"error,omitempty"`
	// ToldAt is when the timeline was told that the page failed.
	ToldAt time.Time `json:"told_at,omitzero"`
}

// PageState is how far a page has come.
type PageState string

// The states of a page.
const (
	PageIntended  PageState = "intended"
	PageAttempted PageState = "attempted"
	PageDelivered PageState = "delivered"
	PageAcked     PageState = "acked"
	PageCancelled PageState = "cancelled"
	PageFailed    PageState = "failed"
)

// Reason is why somebody was paged.
type Reason string

// The reasons for a page.
const (
	ReasonOpened    Reason = "opened"    // the incident opened or reopened
	ReasonDeadline  Reason = "deadline"  // a stage's deadline or the next rung of its ladder
	ReasonNews      Reason = "news"      // new or worse alerts in an open incident
	ReasonEscalated Reason = "escalated" // a person asked for more help
	ReasonAssigned  Reason = "assigned"  // a person made somebody the owner
	ReasonHandoff   Reason = "handoff"   // somebody is asked to take over
	ReasonKept      Reason = "kept"      // who was asked to take over did not
	ReasonForgotten Reason = "forgotten" // it has an owner, fires, and nobody does anything
)

// Contact is one row of the contact table (configs/contacts.yaml): the handbook's columns plus the Slack user.
type Contact struct {
	ID    string `json:"id"`
	Role  Role   `json:"role"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
	Duty  string `json:"duty"`
	// Slack is the Slack user id; where the table has none it is found by e-mail at start.
	Slack string `json:"slack,omitempty"`
	// Pages are the channels in the order in which they are tried; Slack alone where it is empty.
	Pages []Via `json:"pages,omitempty"`
	// Locale is the language of what the contact gets outside Slack; "" is the configured default.
	Locale string `json:"locale,omitempty"`
}

// Change is what a decision wants: the incident's new state with everything that must become true together with it.
// The store applies it in one transaction or not at all.
type Change struct {
	Incident Incident
	Entries  []Entry
	Pages    []Page // new or changed rows of the ledger, by ID
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
