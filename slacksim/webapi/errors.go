package webapi

import (
	"fmt"

	"opsbot/slacksim/workspace"
)

func refuse(code string) error { return &workspace.APIError{Code: code} }

// refuseArgument is Slack's answer to a bad or missing argument (SF-6.4).
func refuseArgument(format string, args ...any) error {
	return &workspace.APIError{Code: "invalid_arguments", Messages: []string{"[ERROR] " + fmt.Sprintf(format, args...)}}
}

func missingField(name string) error { return refuseArgument("missing required field: %s", name) }

func missingScope(needed []string) error {
	return &workspace.APIError{Code: "missing_scope", Needed: needed}
}
