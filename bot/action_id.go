package bot

import (
	"regexp"
	"strconv"
)

var repeatSuffix = regexp.MustCompile(`#\d+$`)

// ActionID is the action_id of the nth button or menu called name in one message, counted from 1. Slack refuses two equal ids
// (SF-4.61), so there is a suffix where the message has the name already, or where name itself looks as if it had one.
func ActionID(name string, nth int) string {
	if nth == 1 && !repeatSuffix.MatchString(name) {
		return name
	}
	return name + "#" + strconv.Itoa(nth)
}

// ActionName is the Action.Name of a button or menu with this action_id.
func ActionName(actionID string) string { return repeatSuffix.ReplaceAllString(actionID, "") }
