package incident

import (
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
)

// WithOutcome is the page after the provider took it (PageDelivered with its receipt) or refused it for good (PageFailed with the
// cause). A page that was cancelled while it was under way and arrived all the same has been answered by then. Telephone
// companies find out later: what Twilio took may fail all the same, because nobody picks up.
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

// stateAfter is the state after the provider's word.
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

// OutsideSlack reports whether the page is to be sent by other means than Slack, as far as is known.
func (p Page) OutsideSlack() bool {
	return p.Via != oncall.ViaSlack && p.Via != "" && p.IsUnderWay() && p.ReceiptAt.IsZero()
}

// IsUnderWay reports whether nobody knows yet what becomes of the page.
func (p Page) IsUnderWay() bool { return p.State == PageIntended || p.State == PageAttempted }

// Attempted is the page once its message was handed to the provider.
func (p Page) Attempted(now time.Time) Page {
	if p.State == PageIntended {
		p.State = PageAttempted
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	return p
}

// MergeStored is the page as decided, given the row as stored: what delivery wrote since the decision was begun stays. A
// page that was to be cancelled but has arrived meanwhile is not cancelled.
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

// IsUnsent reports whether the page may still go out and nobody knows that it has.
func (p Page) IsUnsent() bool {
	switch p.State {
	case PageIntended, PageAttempted, PageFailed:
		return p.ReceiptAt.IsZero()
	default:
		return false
	}
}

// SameBatch reports whether both were decided at once, or follow from pages that were.
func (p Page) SameBatch(q Page) bool {
	return p.Batch == q.Batch && p.Stage == q.Stage && p.Repeat == q.Repeat && p.Step == q.Step && p.Reason == q.Reason
}

// Number counts the pages of the incident, from 1.
func (p Page) Number() int64 {
	_, digits, _ := strings.Cut(p.ID, "/")
	n, _ := strconv.ParseInt(digits, 10, 64) // PageID wrote it
	return n
}
