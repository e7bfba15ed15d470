package paging

import (
	"context"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Notice is one page with what is told in it.
type Notice struct {
	Page     incident.Page
	Incident incident.Incident
	Contact  oncall.Contact
}

// Sender sends pages over one channel.
type Sender interface {
	// Send sends the notice to its page's address and returns the provider's name for it. An error that is no *Failure means
	// that nobody knows whether it was sent.
	Send(ctx context.Context, n Notice) (receipt string, err error)
}

// Finder is a Sender whose provider can be asked whether a page was sent. Those without it may send a page again after its
// outcome got lost, because the receiver recognises the second one.
type Finder interface {
	// Find looks for the page at the provider; found is false when it was not sent.
	Find(ctx context.Context, n Notice) (receipt string, found bool, err error)
}

// Failure is a page that was not sent, as far as is known.
type Failure struct {
	Cause error
	// Temporary: trying again may help. Unsure: it may have been sent all the same.
	Temporary, Unsure bool
	// After is the least time to wait before the next try, where the provider says so.
	After time.Duration
}

func (f *Failure) Error() string { return f.Cause.Error() }

func (f *Failure) Unwrap() error { return f.Cause }
