package bot

import (
	"regexp"
	"strconv"
)

var repeatSuffix = regexp.MustCompile(`#\d+$`)

// ActionID is the action_id of the nth button or menu called name in one message, counted from 1. Slack refuses two equal ids
// (SF-4.61), so the second one gets the suffix "#2". A name that itself ends like that always gets a suffix.
func ActionID(name string, nth int) string {
	if nth == 1 && !repeatSuffix.MatchString(name) {
		return name
	}
	return name + "#" + strconv.Itoa(nth)
}

// ActionName is the Action.Name of a button or menu with this action_id.
func ActionName(actionID string) string { return repeatSuffix.ReplaceAllString(actionID, "") }
