package escalation

import (
	"fmt"
	"slices"
	"time"

	"opsbot/messages"
)

// FollowUp is something to be done so that an incident does not happen again (handbook: 事后总结, 分析预防措施).
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

const (
	// remindFollowUp is how often the owner of an overdue follow-up is reminded.
	remindFollowUp = 24 * time.Hour
	// maxFollowUps bounds those of one incident; what has more is a project.
	maxFollowUps = 50
	// followUpText is the most characters of one.
	followUpText = 300
)

// Overdue reports whether it should have been done by now.
func (f FollowUp) Overdue(now time.Time) bool { return f.DoneAt.IsZero() && due(f.DueAt, now) }

// remindAt is when the owner is to be reminded next; zero: never.
func (f FollowUp) remindAt() time.Time {
	switch {
	case !f.DoneAt.IsZero() || f.DueAt.IsZero():
		return time.Time{}
	case f.RemindedAt.IsZero():
		return f.DueAt
	default:
		return f.RemindedAt.Add(remindFollowUp)
	}
}

// HasOpenFollowUp reports whether somebody still has something to do about the incident, with a date or without.
func (inc Incident) HasOpenFollowUp() bool {
	return slices.ContainsFunc(inc.FollowUps, func(f FollowUp) bool { return f.DoneAt.IsZero() })
}

// followUpDue is when the next of the incident's reminders is due; zero: never.
func (inc Incident) followUpDue() time.Time {
	var next time.Time
	for _, f := range inc.FollowUps {
		next = earliest(next, f.remindAt())
	}
	return next
}

func (d *decision) addFollowUp(a Action) error {
	f := a.FollowUp
	switch {
	case f.Text == "":
		return refuse(messages.New("escalation.refused.followup_empty"))
	case !slackUserForm.MatchString(f.Owner):
		return refuse(messages.New("escalation.refused.assignee", "assignee", messages.Code(shorten(f.Owner, 40))))
	case len(d.inc.FollowUps) >= maxFollowUps:
		return refuse(messages.New("escalation.refused.followup_many", "incident", Label(d.inc.Number), "count", maxFollowUps))
	}
	f = FollowUp{
		Number: len(d.inc.FollowUps) + 1, Text: shorten(f.Text, followUpText), Owner: f.Owner, DueAt: f.DueAt.UTC(), AddedAt: d.now, AddedBy: a.Actor,
	}
	d.inc.FollowUps = append(slices.Clone(d.inc.FollowUps), f)
	d.say(EntryFollowUp, a.Actor, messages.New("escalation.entry.followup", "user", messages.User(a.Actor), "followup", f.Line()))
	d.active()
	return nil
}

func (d *decision) finishFollowUp(a Action) error {
	i := slices.IndexFunc(d.inc.FollowUps, func(f FollowUp) bool { return f.Number == a.FollowUp.Number })
	switch {
	case i < 0:
		return refuse(messages.New("escalation.refused.followup_unknown", "incident", Label(d.inc.Number), "number", a.FollowUp.Number))
	case !d.inc.FollowUps[i].DoneAt.IsZero():
		return nil
	}
	d.inc.FollowUps = slices.Clone(d.inc.FollowUps)
	f := &d.inc.FollowUps[i]
	f.DoneAt, f.DoneBy = d.now, a.Actor
	d.say(EntryFollowUp, a.Actor, messages.New("escalation.entry.followup_done", "user", messages.User(a.Actor), "number", f.Number, "text", f.Text))
	return nil
}

// remindFollowUps mentions the owners of what is overdue in the thread. The timeline is spared.
func (d *decision) remindFollowUps() {
	if !due(d.inc.followUpDue(), d.now) {
		return
	}
	d.inc.FollowUps = slices.Clone(d.inc.FollowUps)
	for i := range d.inc.FollowUps {
		f := &d.inc.FollowUps[i]
		if !due(f.remindAt(), d.now) {
			continue
		}
		f.RemindedAt, f.Reminders = d.now, f.Reminders+1
		text := messages.New("escalation.followup.overdue", "user", messages.User(f.Owner), "number", f.Number, "text", f.Text, "due", messages.Date(f.DueAt))
		d.send(messages.Outbound{
			Key: FollowUpKey(d.inc.Number, f.Number, f.Reminders), Lane: messages.LaneEntry, ReplyTo: HeaderKey(d.inc.Number),
			Card: messages.Card{Notification: text, Sections: []messages.Section{messages.Paragraph(text), {Actions: []messages.Action{f.doneButton(d.inc.Number)}}}},
		})
	}
}

func (f FollowUp) doneButton(incident int64) messages.Action {
	return messages.Action{
		Name: ActionRun, Label: messages.New("escalation.button.followup_done"), Value: fmt.Sprintf("incident followup done %d %s", f.Number, Label(incident)),
	}
}

// Line is the follow-up in a line: number, text, owner, and the date if there is one.
func (f FollowUp) Line() messages.Text {
	if f.DueAt.IsZero() {
		return messages.New("escalation.followup.line", "number", f.Number, "text", f.Text, "owner", messages.User(f.Owner))
	}
	return messages.New("escalation.followup.line_due", "number", f.Number, "text", f.Text, "owner", messages.User(f.Owner), "due", messages.Date(f.DueAt))
}

// Checked is Line with a box in front that tells whether it is done.
func (f FollowUp) Checked() messages.Text {
	if f.DoneAt.IsZero() {
		return messages.New("escalation.followup.open", "followup", f.Line())
	}
	return messages.New("escalation.followup.closed", "followup", f.Line())
}
