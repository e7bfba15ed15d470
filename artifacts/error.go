package artifacts

import (
	"context"
	"fmt"
)

// Kind says what is wrong with a storage, for those who explain it to people.
type Kind string

// The kinds of Error.
const (
	NotFound    Kind = "not found"   // no such object
	NoBucket    Kind = "no bucket"   // the bucket, or the directory, is not there
	Full        Kind = "full"        // no space, or a quota is used up
	Refused     Kind = "refused"     // wrong or missing credentials or permissions
	Unreachable Kind = "unreachable" // nobody answers, the connection broke, or the server says that it is not well
	Slow        Kind = "slow"        // nothing moved for too long
	Damaged     Kind = "damaged"     // what is stored is not what was stored
	Canceled    Kind = "canceled"    // the caller's context ended
	Unfinished  Kind = "unfinished"  // what was begun could not be taken back
	Failed      Kind = "failed"      // anything else
)

// Error is a storage's failure.
type Error struct {
	Kind    Kind
	Storage string // as Store.Name
	Action  string // write, read, list, delete
	Key     string
	// Reason is Err in a few words, for a person.
	Reason string
	// Leftover means that something may remain of an upload that failed: parts that nobody sees but that take space, or, if the
	// storage went away while it finished, the object. Sweep removes the parts.
	Leftover bool
	Err      error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s %s in storage %s: %s: %v", e.Action, e.Key, e.Storage, e.Kind, e.Err)
	if e.Leftover {
		s += " (something may be left of it)"
	}
	return s
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// failure says what kind of failure err is.
func (s *Store) failure(ctx context.Context, action, key string, err error) *Error {
	e := &Error{Storage: s.name, Action: action, Key: key, Err: err}
	e.Kind, e.Reason = classify(err)
	// A context that ends breaks connections, which looks like a storage that is away.
	if ctx.Err() != nil {
		e.Kind, e.Err = Canceled, context.Cause(ctx)
		e.Reason = e.Err.Error()
	}
	return e
}
