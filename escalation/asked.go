package escalation

import "opsbot/messages"

// askForPostmortem is what stands below the words that an incident is over: whose the postmortem is, and how to begin it.
func (d *decision) askForPostmortem() []messages.Section {
	asked := messages.New("escalation.draft.asked_role", "role", d.inc.Role.Text(), "due", messages.Date(d.inc.StageDueAt), "incident", Label(d.inc.Number))
	if d.inc.Owner != "" {
		asked = messages.New("escalation.draft.asked", "user", messages.User(d.inc.Owner), "due", messages.Date(d.inc.StageDueAt), "incident", Label(d.inc.Number))
	}
	return []messages.Section{messages.Paragraph(asked), {Actions: []messages.Action{d.inc.draftButton()}}}
}

func (inc Incident) draftButton() messages.Action {
	return inc.button(ActionDraft, messages.New("escalation.button.draft"), messages.StyleDefault)
}
