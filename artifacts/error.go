package artifacts

import "gocloud.dev/gcerrors"

// Error is what went wrong with the storage, or while something was stored.
type Error struct {
	Action string
	Err    error
}

func (e *Error) Error() string { return e.Action + ": " + e.Err.Error() }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// NotFound tells whether there is no such object.
func (e *Error) NotFound() bool { return gcerrors.Code(e.Err) == gcerrors.NotFound }
