package incident

import "errors"

// ErrConflict is returned by Store.Apply when the incident was changed by somebody else since it was read: read
// again and decide again.
var ErrConflict = errors.New("incident changed concurrently")

// ErrRefused is for data that the store does not take, and will not take later either.
var ErrRefused = errors.New("this cannot be stored")

// ErrNotFound is returned when there is no such incident.
var ErrNotFound = errors.New("no such incident")
