package slacksim

import "fmt"

func refuse(code string) error { return &apiError{code: code} }

// refuseArgument is Slack's answer to a bad or missing argument (SF-6.4).
func refuseArgument(format string, args ...any) error {
	return &apiError{code: "invalid_arguments", messages: []string{"[ERROR] " + fmt.Sprintf(format, args...)}}
}

func missingField(name string) error { return refuseArgument("missing required field: %s", name) }

func missingScope(needed []string) error { return &apiError{code: "missing_scope", needed: needed} }
