package incident

import (
	"time"

	"opsbot/escalation/oncall"
)

// Status is the state of an incident.
type Status string

// The statuses. Quiet means that all alerts have resolved and the quiet period runs: an alert that fires again reopens the
// incident.
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
	Role     oncall.Role       `json:"role"` // routed to
	Labels   map[string]string `json:"labels,omitempty"`
	Alerts   map[string]Alert  `json:"alerts"` // by fingerprint
	Channel  string            `json:"channel"`
	// Storm is an incident of many groups; Labels are what all its alerts share, and Groups is how many groups there are.
	Storm  bool `json:"storm,omitempty"`
	Groups int  `json:"groups,omitempty"`
	// Correlation is what incidents of one cause have in common (StormPolicy). LastFiredAt is when the last alert fired.
	Correlation string    `json:"correlation,omitempty"`
	LastFiredAt time.Time `json:"fed_at,omitzero"`
	// SeverityFixed: a person set the severity. Only a worse new alert changes it.
	SeverityFixed bool `json:"severity_fixed,omitempty"`
	// SeverityUnclear: an alert that fires has a word for its severity that is unknown, and nobody set the severity. People are
	// paged at any time then.
	SeverityUnclear bool   `json:"severity_unclear,omitempty"`
	ExternalURL     string `json:"external_url,omitempty"` // Alertmanager's
	// Truncated is how many alerts were left out of the last delivery.
	Truncated int `json:"truncated,omitempty"`

	OpenedAt   time.Time `json:"opened_at"`
	ReopenedAt time.Time `json:"reopened_at,omitzero"` // the stages are counted from here if it is set
	AckedAt    time.Time `json:"acked_at,omitzero"`
	Owner      string    `json:"owner,omitempty"` // Slack user id, or the id of a contact who is not in Slack
	// HandoffTo is the Slack user id of somebody who was asked to take the incident over, until HandoffUntil.
	HandoffTo    string    `json:"handoff_to,omitempty"`
	HandoffUntil time.Time `json:"handoff_until,omitzero"`
	// ShiftEndsAt is when the owner's shift ends, if the owner is on call.
	ShiftEndsAt  time.Time `json:"shift_ends_at,omitzero"`
	DiagnosedAt  time.Time `json:"diagnosed_at,omitzero"`
	QuietAt      time.Time `json:"quiet_at,omitzero"`
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`
	ClosedAt     time.Time `json:"closed_at,omitzero"` // postmortem done
	LastActivity time.Time `json:"last_activity"`
	// DoubtedAt is when a person resolved the incident while alerts fired. It is zero again once a firing alert is reported.
	DoubtedAt time.Time `json:"doubted_at,omitzero"`

	Stage Stage `json:"stage"`
	// Step is the next step of the current stage's ladder, Repeat how often the ladder has been completed. Steps may be skipped
	// (see Policy).
	Step   int `json:"rung"`
	Repeat int `json:"round"`
	// NextStepAt is when the next step is paged. NotifyNewAt is when people are paged about the alerts since PagedAt, of which
	// there are NewAlerts.
	NextStepAt  time.Time `json:"climb_at,omitzero"`
	NotifyNewAt time.Time `json:"news_at,omitzero"`
	PagedAt     time.Time `json:"paged_at,omitzero"`
	// HeldUntil is when the first page goes out, if the incident opened outside the working hours of its severity. It is zero
	// once somebody has been paged.
	HeldUntil time.Time `json:"held_until,omitzero"`
	NewAlerts int       `json:"news,omitempty"`
	// DueAt is when Next has something to do; zero: never. The store indexes it.
	DueAt time.Time `json:"due_at,omitzero"`
	// StageDueAt is the stage's deadline as people see it.
	StageDueAt time.Time `json:"stage_due_at,omitzero"`
	// Entries counts the timeline entries, so that each has a stable number.
	Entries int64 `json:"entries"`
	// Pages counts the pages and Digests the thread messages that list alerts, for the same reason.
	Pages   int64 `json:"pages"`
	Digests int64 `json:"digests,omitempty"`
	// Quotes are the messages on the timeline (Quote.Message), with the numbers of their entries.
	Quotes map[string]int64 `json:"quotes,omitempty"`
	// Update is the last update for stakeholders. Announced: there is a message for them.
	Update    string    `json:"update,omitempty"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Announced bool      `json:"announced,omitempty"`
	// FollowUps are the tasks that prevent it from happening again.
	FollowUps []FollowUp `json:"follow_ups,omitempty"`
	// Settled is the number of the last page that was answered or cancelled. Pages up to it are not tried on other channels.
	Settled int64 `json:"settled,omitempty"`
}

// Firing counts the alerts that fire.
func (inc Incident) Firing() int {
	n := 0
	for _, a := range inc.Alerts {
		if a.Firing {
			n++
		}
	}
	return n
}

// IsOwn reports whether only opsbot itself raised the incident's alerts.
func (inc Incident) IsOwn() bool {
	for _, a := range inc.Alerts {
		if !a.Own {
			return false
		}
	}
	return len(inc.Alerts) > 0
}
