package k8sops

import (
	"errors"

	"opsbot/messages"
)

// Code classifies a refusal for callers; people read the Message.
type Code string

// The codes of Error.
const (
	CodeInvalid     Code = "invalid"     // bad input: nothing was tried
	CodeNotFound    Code = "not_found"   // no such object or command
	CodeForbidden   Code = "forbidden"   // Kubernetes would not let this person
	CodeConflict    Code = "conflict"    // the target changed meanwhile
	CodeUnavailable Code = "unavailable" // cluster, metrics API or storage cannot be reached
	CodeFailed      Code = "failed"      // it was tried and did not work
	CodeLimited     Code = "limited"     // the person asks for too much at once
)

// Error is an answer to a person: what is wrong and what to do next. Cause is for the operator's log only.
type Error struct {
	Code    Code
	Message messages.Text
	// Hint names the next step; zero where the message says it already.
	Hint messages.Text
	// List is what there is to choose from, under the hint.
	List []messages.Text
	// Suggest are corrected command lines, shown as buttons ("did you mean").
	Suggest []string
	// Undo is the call that takes back what was done before it failed, nil where nothing was.
	Undo  *Invocation
	Cause error
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message.ID + e.Message.Literal
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// CodeOf is the code of the Error in err's chain, "" where there is none (an internal error).
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Invalid is the refusal of bad input.
func Invalid(message messages.Text) error { return &Error{Code: CodeInvalid, Message: message} }
