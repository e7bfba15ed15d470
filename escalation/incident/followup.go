package incident

import (
	"time"

	"opsbot/escalation/internal/times"
	"opsbot/messages"
)

// FollowUp is a task that prevents the incident from happening again (handbook: 事后总结, 分析预防措施).
type FollowUp struct {
	Number  int       `json:"number"` // within its incident, from 1
	Text    string    `json:"text"`   // untrusted
	Owner   string    `json:"owner"`  // Slack user id
	DueAt   time.Time `json:"due_at,omitzero"`
	AddedAt time.Time `json:"added_at"`
	AddedBy string    `json:"added_by"`
	DoneAt  time.Time `json:"done_at,omitzero"`
	DoneBy  string    `json:"done_by,omitempty"`
	// RemindedAt is when the owner was last reminded, Reminders how often.
	RemindedAt time.Time `json:"reminded_at,omitzero"`
	Reminders  int       `json:"reminders,omitempty"`
}

// Open reports whether it is still to be done.
func (f FollowUp) Open() bool { return f.DoneAt.IsZero() }

// Overdue reports whether it should have been done by now.
func (f FollowUp) Overdue(now time.Time) bool {
	return f.Open() && !f.DueAt.IsZero() && !f.DueAt.After(now)
}

// RemindAt is when the owner is to be reminded next; zero: never.
func (f FollowUp) RemindAt() time.Time {
	switch {
	case !f.Open() || f.DueAt.IsZero():
		return time.Time{}
	case f.RemindedAt.IsZero():
		return f.DueAt
	default:
		return f.RemindedAt.Add(remindFollowUp)
	}
}

// FollowUpDue is when the next reminder of a follow-up is due; zero: never.
func (inc Incident) FollowUpDue() time.Time {
	var next time.Time
	for _, f := range inc.FollowUps {
		next = times.Earliest(next, f.RemindAt())
	}
	return next
}

// Line is the follow-up in a line: number, text, owner, and the date if there is one.
func (f FollowUp) Line() messages.Text {
	if f.DueAt.IsZero() {
		return messages.New("escalation.followup.line", "number", f.Number, "text", f.Text, "owner", messages.User(f.Owner))
	}
	return messages.New("escalation.followup.line_due", "number", f.Number, "text", f.Text, "owner", messages.User(f.Owner), "due", messages.Date(f.DueAt))
}

// Checked is Line with a checkbox in front.
func (f FollowUp) Checked() messages.Text {
	if f.Open() {
		return messages.New("escalation.followup.open", "followup", f.Line())
	}
	return messages.New("escalation.followup.closed", "followup", f.Line())
}

// remindFollowUp is how often the owner of an overdue follow-up is reminded.
const remindFollowUp = 24 * time.Hour
