package escalation

import "opsbot/messages"

// actions are the buttons that make sense in the incident's state.
func actions(inc Incident, directory Directory) []messages.Action {
	var (
		ack      = button(inc, ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary)
		escalate = button(inc, ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault)
		found    = button(inc, ActionDiagnosed, messages.New("escalation.button.diagnosed"), messages.StyleDefault)
		resolve  = button(inc, ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault)
		reopen   = button(inc, ActionReopen, messages.New("escalation.button.reopen"), messages.StyleDefault)
		timeline = button(inc, ActionTimeline, messages.New("escalation.button.timeline"), messages.StyleDefault)
		report   = button(inc, ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)
	)
	var buttons []messages.Action
	switch {
	case inc.Status == Open:
		buttons = []messages.Action{ack, escalate, resolve}
	case inc.Status == Acknowledged && inc.DiagnosedAt.IsZero():
		buttons = []messages.Action{found, escalate, resolve}
	case inc.Status == Acknowledged:
		resolve.Style = messages.StylePrimary
		buttons = []messages.Action{resolve, escalate}
	case inc.Status == Quiet:
		buttons = []messages.Action{resolve, reopen}
	case inc.Stage == Postmortem:
		return []messages.Action{report, draftButton(inc), timeline, reopen}
	default:
		return []messages.Action{timeline}
	}
	if assign := assignMenu(inc, directory); len(assign.Options) > 0 {
		buttons = append(buttons, assign)
	}
	return append(buttons, timeline)
}

func assignMenu(inc Incident, directory Directory) messages.Action {
	menu := messages.Action{Name: ActionAssign, Label: messages.New("escalation.button.assign")}
	for _, c := range directory.Reachable(Everyone) {
		if len(menu.Options) == optionLimit {
			break
		}
		if c.Slack == "" {
			continue
		}
		menu.Options = append(menu.Options, messages.Option{
			Label: messages.New("escalation.contact", "name", messages.Shorten(c.Name, 40), "role", c.Role.Text()),
			Value: AssignValue(inc.Number, c.Slack),
		})
	}
	return menu
}
