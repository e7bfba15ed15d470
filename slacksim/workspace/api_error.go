package workspace

import (
	"fmt"
	"strings"
	"time"
)

// APIError is an answer with ok:false.
type APIError struct {
	Code       string
	Needed     []string      // missing_scope
	Messages   []string      // response_metadata.messages
	Errors     []any         // the errors array
	RetryAfter time.Duration // 429
}

func (e *APIError) Error() string { return e.Code }

func fail(code string) error { return &APIError{Code: code} }

// failArgument is Slack's answer to a bad or missing argument (SF-6.4).
func failArgument(format string, args ...any) error {
	return &APIError{Code: "invalid_arguments", Messages: []string{"[ERROR] " + fmt.Sprintf(format, args...)}}
}

// JSON is the answer; provided are the scopes that the token has.
func (e *APIError) JSON(provided []string) map[string]any {
	o := obj{"ok": false, "error": e.Code}
	if e.Needed != nil {
		o["needed"] = strings.Join(e.Needed, ",")
		o["provided"] = strings.Join(provided, ",")
	}
	if len(e.Errors) > 0 {
		o["errors"] = e.Errors
	}
	if len(e.Messages) > 0 {
		o["response_metadata"] = obj{"messages": e.Messages}
	}
	return o
}
