package incident

import "errors"

// ErrConflict means that somebody else changed the incident since it was read: read again and decide again.
var ErrConflict = errors.New("incident changed concurrently")

// ErrRefused means that the data cannot be stored, now or later.
var ErrRefused = errors.New("this cannot be stored")

// ErrNotFound means that there is no such incident.
var ErrNotFound = errors.New("no such incident")
