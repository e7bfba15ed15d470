package bot

import "regexp"

var repeatSuffix = regexp.MustCompile(`#\d+$`)

// ActionName is the Action.Name of a button or menu with this action_id: without the suffix "#2" that keeps equal names in
// one message apart (SF-4.61).
func ActionName(actionID string) string { return repeatSuffix.ReplaceAllString(actionID, "") }
