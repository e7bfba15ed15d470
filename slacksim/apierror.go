package slacksim

import (
	"fmt"
	"strings"
	"time"
)

// apiError is an answer with ok:false.
type apiError struct {
	code       string
	needed     []string      // missing_scope
	messages   []string      // response_metadata.messages
	errors     []any         // the errors array
	retryAfter time.Duration // 429
}

func (e *apiError) Error() string { return e.code }

func fail(code string) error { return &apiError{code: code} }

// failArgument is Slack's answer to a bad or missing argument (SF-6.4).
func failArgument(format string, args ...any) error {
	return &apiError{code: "invalid_arguments", messages: []string{"[ERROR] " + fmt.Sprintf(format, args...)}}
}

func (e *apiError) json(provided []string) obj {
	o := obj{"ok": false, "error": e.code}
	if e.needed != nil {
		o["needed"] = strings.Join(e.needed, ",")
		o["provided"] = strings.Join(provided, ",")
	}
	if len(e.errors) > 0 {
		o["errors"] = e.errors
	}
	if len(e.messages) > 0 {
		o["response_metadata"] = obj{"messages": e.messages}
	}
	return o
}
