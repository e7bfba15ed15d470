package operations

import (
	"errors"
	"fmt"

	"opsbot/messages"
)

// Why there is no canvas.
var (
	// ErrSharedChannel is for channels that other organisations read, as far as Slack says.
	ErrSharedChannel = errors.New("other organisations may read the incident's channel")
	// ErrNoCanvas is for workspaces in which an app cannot make canvases.
	ErrNoCanvas = errors.New("this Slack workspace has no canvases for apps")
	// ErrCanvasFailed is for a canvas that Slack did not make, or that the channel gets no access to.
	ErrCanvasFailed = errors.New("Slack did not make a canvas for the channel")
)

// CanvasError is one of these with Slack's own reason.
type CanvasError struct {
	Why  error
	Code string
	// Cause is for the log.
	Cause error
}

func (e *CanvasError) Error() string { return fmt.Sprintf("%v (%s): %v", e.Why, e.Code, e.Cause) }

// Unwrap gives what is known to errors.Is.
func (e *CanvasError) Unwrap() []error { return []error{e.Why, e.Cause} }

// whyNoCanvas is what a person reads; zero for any other error.
func whyNoCanvas(err error) messages.Text {
	code := ""
	if e, ok := errors.AsType[*CanvasError](err); ok {
		code = e.Code
	}
	switch {
	case errors.Is(err, ErrSharedChannel):
		return messages.New("incident.canvas_shared")
	case errors.Is(err, ErrNoCanvas):
		return messages.New("incident.no_canvas", "reason", code)
	case errors.Is(err, ErrCanvasFailed):
		return messages.New("incident.canvas_failed", "reason", code)
	}
	return messages.Text{}
}
