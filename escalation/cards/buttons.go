package cards

import (
	"fmt"
	"strconv"
	"strings"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Names of the actions on the cards (messages.Action.Name). Value is the incident's number in decimal, except for
// ActionAssign, whose options are AssignValue, and ActionRun, whose value is a command line without the slash.
const (
	ActionAck        = "ack"
	ActionEscalate   = "escalate"
	ActionAssign     = "assign"
	ActionDiagnosed  = "diagnosed"
	ActionWorking    = "working"
	ActionResolve    = "resolve"
	ActionReopen     = "reopen"
	ActionPostmortem = "postmortem"
	ActionTimeline   = "timeline"
	ActionDraft      = "draft"
	ActionRun        = "run"
	ActionLink       = "link" // opens a page; pressing it does nothing in opsbot
)

// Value is the value of the buttons of an incident.
func Value(number int64) string { return strconv.FormatInt(number, 10) }

// AssignValue is the value of the option that makes user (a Slack id) the owner.
func AssignValue(number int64, user string) string { return Value(number) + ":" + user }

// ParseAssignValue reads what AssignValue wrote.
func ParseAssignValue(value string) (number int64, user string, err error) {
	digits, user, ok := strings.Cut(value, ":")
	if !ok || user == "" {
		return 0, "", fmt.Errorf("assignment %q: want number:user", value)
	}
	number, err = incident.ParseNumber(digits)
	return number, user, err
}

// Button is a button of an incident. Its value is the incident's number.
func Button(inc incident.Incident, name string, label messages.Text, style messages.Style) messages.Action {
	return messages.Action{Name: name, Label: label, Value: Value(inc.Number), Style: style}
}

// DraftButton asks for the draft of the postmortem.
func DraftButton(inc incident.Incident) messages.Action {
	return Button(inc, ActionDraft, messages.New("escalation.button.draft"), messages.StyleDefault)
}

// FollowUpDoneButton says that a follow-up is done.
func FollowUpDoneButton(f incident.FollowUp, number int64) messages.Action {
	return messages.Action{
		Name: ActionRun, Label: messages.New("escalation.button.followup_done"), Value: fmt.Sprintf("incident followup done %d %s", f.Number, incident.Label(number)),
	}
}
