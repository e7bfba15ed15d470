package cards

import (
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// actions are the buttons that make sense in the incident's current state.
func actions(inc incident.Incident, directory oncall.Directory) []messages.Action {
	var (
		ack      = Button(inc, ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary)
		escalate = Button(inc, ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault)
		found    = Button(inc, ActionDiagnosed, messages.New("escalation.button.diagnosed"), messages.StyleDefault)
		resolve  = Button(inc, ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault)
		reopen   = Button(inc, ActionReopen, messages.New("escalation.button.reopen"), messages.StyleDefault)
		timeline = Button(inc, ActionTimeline, messages.New("escalation.button.timeline"), messages.StyleDefault)
		report   = Button(inc, ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)
	)
	var buttons []messages.Action
	switch {
	case inc.Status == incident.Open:
		buttons = []messages.Action{ack, escalate, resolve}
	case inc.Status == incident.Acknowledged && inc.DiagnosedAt.IsZero():
		buttons = []messages.Action{found, escalate, resolve}
	case inc.Status == incident.Acknowledged:
		resolve.Style = messages.StylePrimary
		buttons = []messages.Action{resolve, escalate}
	case inc.Status == incident.Quiet:
		buttons = []messages.Action{resolve, reopen}
	case inc.Stage == incident.Postmortem:
		return []messages.Action{report, DraftButton(inc), timeline, reopen}
	default:
		return []messages.Action{timeline}
	}
	if assign := assignMenu(inc, directory); len(assign.Options) > 0 {
		buttons = append(buttons, assign)
	}
	return append(buttons, timeline)
}

func assignMenu(inc incident.Incident, directory oncall.Directory) messages.Action {
	menu := messages.Action{Name: ActionAssign, Label: messages.New("escalation.button.assign")}
	for _, c := range directory.Reachable(oncall.Everyone) {
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
