package escalation

import "opsbot/messages"

// actions are the buttons that make sense in the incident's state.
func (inc Incident) actions(directory Directory) []messages.Action {
	var (
		ack      = inc.button(ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary)
		escalate = inc.button(ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault)
		found    = inc.button(ActionDiagnosed, messages.New("escalation.button.diagnosed"), messages.StyleDefault)
		resolve  = inc.button(ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault)
		reopen   = inc.button(ActionReopen, messages.New("escalation.button.reopen"), messages.StyleDefault)
		timeline = inc.button(ActionTimeline, messages.New("escalation.button.timeline"), messages.StyleDefault)
		report   = inc.button(ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)
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
		return []messages.Action{report, inc.draftButton(), timeline, reopen}
	default:
		return []messages.Action{timeline}
	}
	if assign := inc.assignMenu(directory); len(assign.Options) > 0 {
		buttons = append(buttons, assign)
	}
	return append(buttons, timeline)
}

func (inc Incident) assignMenu(directory Directory) messages.Action {
	menu := messages.Action{Name: ActionAssign, Label: messages.New("escalation.button.assign")}
	for _, c := range directory.Reachable(Everyone) {
		if len(menu.Options) == optionLimit {
			break
		}
		if c.Slack == "" {
			continue
		}
		menu.Options = append(menu.Options, messages.Option{
			Label: messages.New("escalation.contact", "name", shorten(c.Name, 40), "role", c.Role.Text()),
			Value: AssignValue(inc.Number, c.Slack),
		})
	}
	return menu
}
