package paging

import (
	"context"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Ledger is the page ledger as workers use it.
type Ledger interface {
	// DuePages returns the pages of a channel that may be tried at now, and when the next one may be (zero: none waits).
	DuePages(ctx context.Context, via oncall.Via, now time.Time, limit int) (due []incident.Page, next time.Time, err error)
	// ClaimPage marks a page as attempted, durably, and keeps other workers off it until then. ok is false when it is not
	// to be sent any more, or another worker has it.
	ClaimPage(ctx context.Context, id string, now, until time.Time) (claim Claim, ok bool, err error)
	// PostponePage makes the page due again at notBefore; unsure says that the last attempt may have succeeded.
	PostponePage(ctx context.Context, id string, notBefore time.Time, unsure bool, cause string) error
	Incident(ctx context.Context, number int64) (incident.Incident, error)
}

// Claim is a page that one worker has to itself.
type Claim struct {
	Page incident.Page
	// Attempts counts the claims, this one included.
	Attempts int
	// Unsure is set when the outcome of an earlier attempt is not known.
	Unsure bool
}

// Outcomes takes in what became of a page: PageDelivered with the provider's receipt, or PageFailed with the cause.
type Outcomes interface {
	PageOutcome(ctx context.Context, pageID string, state incident.PageState, detail string) error
}
