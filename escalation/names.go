package escalation

import (
	"fmt"
	"strconv"
	"strings"
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

// Label is the number as people see it: INC-12.
func Label(number int64) string { return "INC-" + strconv.FormatInt(number, 10) }

// Value is the value of the buttons of an incident.
func Value(number int64) string { return strconv.FormatInt(number, 10) }

// ParseValue reads what Value wrote, and also INC-12 as people type it.
func ParseValue(value string) (int64, error) {
	digits := strings.TrimSpace(value)
	if len(digits) > 4 && strings.EqualFold(digits[:4], "INC-") {
		digits = digits[4:]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("incident number %q: want a number such as 12 or INC-12", value)
	}
	return n, nil
}

// AssignValue is the value of the option that makes user (a Slack id) the owner.
func AssignValue(number int64, user string) string { return Value(number) + ":" + user }

// ParseAssignValue reads what AssignValue wrote.
func ParseAssignValue(value string) (number int64, user string, err error) {
	digits, user, ok := strings.Cut(value, ":")
	if !ok || user == "" {
		return 0, "", fmt.Errorf("assignment %q: want number:user", value)
	}
	number, err = ParseValue(digits)
	return number, user, err
}

// HeaderKey is the key of the message that is the incident's face; everything else is a reply to it.
func HeaderKey(number int64) string { return fmt.Sprintf("incident/%d/header", number) }

// EntryKey is the key of a timeline entry's message in the thread.
func EntryKey(number, entry int64) string { return fmt.Sprintf("incident/%d/entry/%d", number, entry) }

// UpdateKey is the key of the incident's message for stakeholders.
func UpdateKey(number int64) string { return fmt.Sprintf("incident/%d/update", number) }

// FollowUpKey is the key of a reminder of a follow-up, each of which is a message of its own: an edit notifies nobody.
func FollowUpKey(number int64, followUp, reminder int) string {
	return fmt.Sprintf("incident/%d/followup/%d/%d", number, followUp, reminder)
}

// DigestKey is the key of a thread message that names alerts which came after the opening.
func DigestKey(number, digest int64) string {
	return fmt.Sprintf("incident/%d/alerts/%d", number, digest)
}

// PageID is the id of a row of the page ledger, PageKey the key of its message.
func PageID(number, page int64) string { return fmt.Sprintf("%d/%d", number, page) }

// PageKey is the key of the message of the page with the given PageID.
func PageKey(id string) string {
	number, page, _ := strings.Cut(id, "/")
	return "incident/" + number + "/page/" + page
}

// PageIncident is the incident of a PageID.
func PageIncident(id string) (int64, error) {
	number, _, ok := strings.Cut(id, "/")
	if !ok {
		return 0, fmt.Errorf("page id %q: want incident/page", id)
	}
	return ParseValue(number)
}
