package workspace

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Violation is something that the app did and Slack would not like.
type Violation struct {
	At     time.Time
	Kind   string // such as late_ack, ignored_retry_after, blocks_without_text
	Detail string
}

func (v Violation) String() string { return v.Kind + ": " + v.Detail }

// The kinds of violations.
const (
	ViolationAckUnknown        = "unknown_ack"
	ViolationAckTwice          = "acked_twice"
	ViolationAckNotJSON        = "ack_not_json"
	ViolationAckTooLarge       = "ack_too_large"
	ViolationAckFragmented     = "fragmented_ack"
	ViolationAckPayload        = "unexpected_ack_payload"
	ViolationAckInvalid        = "invalid_ack_payload"
	ViolationAckMissed         = "missed_ack"
	ViolationAckOtherSocket    = "ack_on_other_socket"
	ViolationTooManySockets    = "too_many_websockets"
	ViolationRetryAfterIgnored = "ignored_retry_after"
	violationPostTooFast       = "posted_too_fast"
	violationTextSplit         = "text_split"
	violationBlocksWithoutText = "blocks_without_text"
	violationBlocksWarning     = "blocks_warning"
	violationUnknownThread     = "unknown_thread"
	ViolationChannelByName     = "channel_by_name"
	ViolationTokenInQuery      = "token_in_query"
	violationInvalidBlocks     = "invalid_blocks"
)

// maxViolations bounds the log: a broken bot in a storm repeats itself.
const maxViolations = 1000

type violationLog struct {
	list    []Violation
	allowed []string
	dropped int
}

func (l *violationLog) add(v Violation) {
	if slices.ContainsFunc(l.allowed, func(s string) bool { return strings.Contains(v.String(), s) }) {
		return
	}
	if len(l.list) >= maxViolations {
		l.dropped++
		return
	}
	l.list = append(l.list, v)
}

// Violate records something that the app did and Slack would not like.
func (w *Workspace) Violate(kind, format string, args ...any) {
	w.violations.add(Violation{At: w.Options.Clock.Now(), Kind: kind, Detail: fmt.Sprintf(format, args...)})
}

// Violations lists what the app did wrong so far, oldest first, at most 1000.
func (w *Workspace) Violations() []Violation {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return slices.Clone(w.violations.list)
}

// AllowViolation forgives violations, earlier and later ones, whose text
// "kind: detail" contains substr.
func (w *Workspace) AllowViolation(substr string) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.violations.allowed = append(w.violations.allowed, substr)
	w.violations.list = slices.DeleteFunc(w.violations.list, func(v Violation) bool { return strings.Contains(v.String(), substr) })
}
