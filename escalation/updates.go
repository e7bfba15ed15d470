package escalation

import (
	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// updateLimit is the most characters of what is said to stakeholders.
const updateLimit = 500

// announce keeps the incident's message for stakeholders current. Incidents that were resolved before the channel was
// configured, and alerts about opsbot itself, are only announced if a person writes an update.
func (d *decision) announce() {
	if d.policy.UpdatesChannel == "" || !d.inc.Announced && (d.inc.Status == incident.Resolved || d.inc.IsOwn()) {
		return
	}
	d.inc.Announced = true
	d.send(messages.Outbound{
		Key: incident.UpdateKey(d.inc.Number), Lane: messages.LaneUpdate, Channel: d.policy.UpdatesChannel, Card: cards.Update(d.directory, d.inc),
	})
}

// setUpdate is what a person says to the stakeholders.
func (d *decision) setUpdate(a Action) error {
	switch {
	case d.policy.UpdatesChannel == "":
		return refuse(messages.New("escalation.refused.updates_off"))
	case a.Text.IsZero():
		return refuse(messages.New("escalation.refused.update_empty"))
	}
	d.inc.Update, d.inc.UpdatedAt = messages.Shorten(a.Text.Literal, updateLimit), d.now
	d.inc.Announced = true // a person wants it known, whatever its state
	d.post(incident.EntryNote, a.Actor, messages.New("escalation.entry.update", "user", messages.User(a.Actor), "update", d.inc.Update))
	d.noteActivity()
	return nil
}
