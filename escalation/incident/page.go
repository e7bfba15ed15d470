package incident

import (
	"time"

	"opsbot/escalation/oncall"
)

// Page is one row of the page ledger: one person is paged about one incident over one channel.
type Page struct {
	ID       string      `json:"id"` // "12/3": incident/number
	Incident int64       `json:"incident"`
	Contact  string      `json:"contact"` // contact id
	Role     oncall.Role `json:"role"`
	Via      oncall.Via  `json:"via"`
	Address  string      `json:"address"`
	Stage    Stage       `json:"stage"`
	Step     int         `json:"rung"`
	Repeat   int         `json:"round"`
	Reason   Reason      `json:"reason"`
	State    PageState   `json:"state"`
	// Batch is the number of the first page that was decided together with this one. After is the page of the same person that
	// failed or was late, if this one follows it.
	Batch int64  `json:"batch,omitempty"`
	After string `json:"after,omitempty"`
	// Until is the end of its time: then the person's next channel is tried, and no worker tries this one again.
	Until time.Time `json:"until,omitzero"`
	// Receipt is the provider's reference: a Message-ID, a Twilio SID, an HTTP status.
	Receipt string `json:"receipt,omitempty"`
	// IntendedAt is when the page was decided, AttemptedAt when sending began, ReceiptAt when the provider accepted it, AckedAt
	// when a person reacted to the incident.
	IntendedAt  time.Time `json:"intended_at"`
	AttemptedAt time.Time `json:"attempted_at,omitzero"`
	ReceiptAt   time.Time `json:"receipt_at,omitzero"`
	AckedAt     time.Time `json:"acked_at,omitzero"`
	// AnsweredAt is when this page itself was answered outside Slack, which is possible only once.
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	// AckedBy is who reacted: a Slack user, or the id of a contact who is not in Slack. It is whoever takes the incident, not
	// always the person who was paged.
	AckedBy string `json:"acked_by,omitempty"`
	Error   string `json:"error,omitempty"`
	// ToldAt is when the timeline got the entry that the page failed.
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
	ReasonDeadline  Reason = "deadline"  // a stage's deadline or the next step of its ladder
	ReasonNewAlerts Reason = "news"      // new or worse alerts in an open incident
	ReasonEscalated Reason = "escalated" // a person asked for more help
	ReasonAssigned  Reason = "assigned"  // a person made somebody the owner
	ReasonHandoff   Reason = "handoff"   // somebody is asked to take over
	ReasonKept      Reason = "kept"      // nobody accepted the handoff
	ReasonForgotten Reason = "forgotten" // it has an owner and fires, but nobody does anything
)
