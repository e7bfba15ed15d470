package paging

import (
	"context"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Notice is one page with what its text is made of.
type Notice struct {
	Page     incident.Page
	Incident incident.Incident
	Contact  oncall.Contact
}

// Sender sends pages over one channel.
type Sender interface {
	// Send sends the notice to its page's address and returns the provider's reference. After an error that is no *Failure it is
	// not known whether it was sent.
	Send(ctx context.Context, n Notice) (receipt string, err error)
}

// Finder is a Sender whose provider can be asked whether a page was sent. Other senders may send a page again if its outcome
// was lost, because the receiver recognises duplicates.
type Finder interface {
	// Find looks for the page at the provider; found is false when it was not sent.
	Find(ctx context.Context, n Notice) (receipt string, found bool, err error)
}

// Failure is the error of a page that was not sent, as far as is known.
type Failure struct {
	Cause error
	// Temporary: another attempt may succeed. Unsure: it may have been sent nevertheless.
	Temporary, Unsure bool
	// After is the least time to wait before the next try, where the provider says so.
	After time.Duration
}

func (f *Failure) Error() string { return f.Cause.Error() }

func (f *Failure) Unwrap() error { return f.Cause }
