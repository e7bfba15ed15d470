package incident

import (
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
)

// WithOutcome is the page after the provider accepted it (PageDelivered with its receipt) or refused it for good (PageFailed
// with the cause). A page that was cancelled by an ack but arrived nevertheless counts as acknowledged. A call or an SMS that
// Twilio accepted may still fail later, because nobody picks up.
func (p Page) WithOutcome(state PageState, detail string, now time.Time) Page {
	p.State = p.stateAfter(state)
	if state == PageFailed {
		p.Error = detail
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	if state == PageDelivered && p.ReceiptAt.IsZero() {
		p.ReceiptAt, p.Receipt = now, detail
	}
	if p.State == PageDelivered || p.State == PageAcked {
		p.Error = "" // of an earlier try
	}
	return p
}

// stateAfter is the state after the provider's report.
func (p Page) stateAfter(word PageState) PageState {
	isByPhone := p.Via == oncall.ViaSMS || p.Via == oncall.ViaVoice
	switch {
	case word == PageFailed && (p.IsUnderWay() || (isByPhone && p.State == PageDelivered)):
		return PageFailed
	case word == PageFailed:
		return p.State
	case p.State == PageCancelled && !p.AckedAt.IsZero():
		return PageAcked
	case p.State == PageCancelled || p.IsUnderWay():
		return PageDelivered
	default:
		return p.State
	}
}

// OutsideSlack reports whether a worker has to send the page: it is not for Slack, and there is no receipt.
func (p Page) OutsideSlack() bool {
	return p.Via != oncall.ViaSlack && p.Via != "" && p.IsUnderWay() && p.ReceiptAt.IsZero()
}

// IsUnderWay reports whether the outcome of the page is not known yet.
func (p Page) IsUnderWay() bool { return p.State == PageIntended || p.State == PageAttempted }

// Attempted is the page after sending has begun.
func (p Page) Attempted(now time.Time) Page {
	if p.State == PageIntended {
		p.State = PageAttempted
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	return p
}

// MergeStored merges a decided page into the stored row: what delivery wrote since the decision began is kept. A page that
// arrived before it could be cancelled stays delivered.
func (p Page) MergeStored(stored Page) Page {
	p.AttemptedAt = times.Latest(p.AttemptedAt, stored.AttemptedAt)
	p.ReceiptAt = times.Latest(p.ReceiptAt, stored.ReceiptAt)
	p.ToldAt = times.Latest(p.ToldAt, stored.ToldAt)
	if p.Error == "" && p.State != PageDelivered && p.State != PageAcked {
		p.Error = stored.Error
	}
	if p.Receipt == "" {
		p.Receipt = stored.Receipt
	}
	hasArrived, isFailed := stored.State == PageDelivered, stored.State == PageFailed
	switch {
	case p.State == PageCancelled && hasArrived && !p.AckedAt.IsZero():
		p.State = PageAcked
	case p.State == PageCancelled && (hasArrived || isFailed), p.State == PageAcked && isFailed && p.AnsweredAt.IsZero():
		p.State, p.Error = stored.State, stored.Error
	case p.State == PageIntended && stored.State != PageIntended:
		p.State = stored.State
	}
	return p
}

// IsUnsent reports whether the page may still be sent, and has no receipt.
func (p Page) IsUnsent() bool {
	switch p.State {
	case PageIntended, PageAttempted, PageFailed:
		return p.ReceiptAt.IsZero()
	default:
		return false
	}
}

// SameBatch reports whether both pages were decided together, or follow pages that were.
func (p Page) SameBatch(q Page) bool {
	return p.Batch == q.Batch && p.Stage == q.Stage && p.Repeat == q.Repeat && p.Step == q.Step && p.Reason == q.Reason
}

// Number counts the pages of the incident, from 1.
func (p Page) Number() int64 {
	_, digits, _ := strings.Cut(p.ID, "/")
	n, _ := strconv.ParseInt(digits, 10, 64) // PageID wrote it
	return n
}
