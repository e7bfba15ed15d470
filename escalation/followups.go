package escalation

import (
	"slices"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

const (
	// maxFollowUps limits the follow-ups of one incident; more than that is a project.
	maxFollowUps = 50
	// followUpText is the longest text of a follow-up, in characters.
	followUpText = 300
)

func (d *decision) addFollowUp(a Action) error {
	f := a.FollowUp
	switch {
	case f.Text == "":
		return refuse(messages.New("escalation.refused.followup_empty"))
	case !oncall.IsSlackUser(f.Owner):
		return refuse(messages.New("escalation.refused.assignee", "assignee", messages.Code(messages.Shorten(f.Owner, 40))))
	case len(d.inc.FollowUps) >= maxFollowUps:
		return refuse(messages.New("escalation.refused.followup_many", "incident", incident.Label(d.inc.Number), "count", maxFollowUps))
	}
	f = incident.FollowUp{
		Number: len(d.inc.FollowUps) + 1, Text: messages.Shorten(f.Text, followUpText), Owner: f.Owner, DueAt: f.DueAt.UTC(), AddedAt: d.now, AddedBy: a.Actor,
	}
	d.inc.FollowUps = append(slices.Clone(d.inc.FollowUps), f)
	d.post(incident.EntryFollowUp, a.Actor, messages.New("escalation.entry.followup", "user", messages.User(a.Actor), "followup", f.Line()))
	d.noteActivity()
	return nil
}

func (d *decision) finishFollowUp(a Action) error {
	i := slices.IndexFunc(d.inc.FollowUps, func(f incident.FollowUp) bool { return f.Number == a.FollowUp.Number })
	switch {
	case i < 0:
		return refuse(messages.New("escalation.refused.followup_unknown", "incident", incident.Label(d.inc.Number), "number", a.FollowUp.Number))
	case !d.inc.FollowUps[i].Open():
		return nil
	}
	d.inc.FollowUps = slices.Clone(d.inc.FollowUps)
	f := &d.inc.FollowUps[i]
	f.DoneAt, f.DoneBy = d.now, a.Actor
	d.post(incident.EntryFollowUp, a.Actor, messages.New("escalation.entry.followup_done", "user", messages.User(a.Actor), "number", f.Number, "text", f.Text))
	return nil
}

// remindFollowUps mentions the owners of overdue follow-ups in the thread, without an entry in the timeline.
func (d *decision) remindFollowUps() {
	if !due(d.inc.FollowUpDue(), d.now) {
		return
	}
	d.inc.FollowUps = slices.Clone(d.inc.FollowUps)
	for i := range d.inc.FollowUps {
		f := &d.inc.FollowUps[i]
		if !due(f.RemindAt(), d.now) {
			continue
		}
		f.RemindedAt, f.Reminders = d.now, f.Reminders+1
		text := messages.New("escalation.followup.overdue", "user", messages.User(f.Owner), "number", f.Number, "text", f.Text, "due", messages.Date(f.DueAt))
		d.send(messages.Outbound{
			Key: incident.FollowUpKey(d.inc.Number, f.Number, f.Reminders), Lane: messages.LaneEntry, ReplyTo: incident.HeaderKey(d.inc.Number),
			Card: messages.Card{Notification: text, Sections: []messages.Section{messages.Paragraph(text), {Actions: []messages.Action{cards.FollowUpDoneButton(*f, d.inc.Number)}}}},
		})
	}
}
