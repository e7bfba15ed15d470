package slacksim

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
	violationAckUnknown        = "unknown_ack"
	violationAckTwice          = "acked_twice"
	violationAckNotJSON        = "ack_not_json"
	violationAckTooLarge       = "ack_too_large"
	violationAckFragmented     = "fragmented_ack"
	violationAckPayload        = "unexpected_ack_payload"
	violationAckInvalid        = "invalid_ack_payload"
	violationAckMissed         = "missed_ack"
	violationAckOtherSocket    = "ack_on_other_socket"
	violationTooManySockets    = "too_many_websockets"
	violationRetryAfterIgnored = "ignored_retry_after"
	violationPostTooFast       = "posted_too_fast"
	violationTextSplit         = "text_split"
	violationBlocksWithoutText = "blocks_without_text"
	violationBlocksWarning     = "blocks_warning"
	violationUnknownThread     = "unknown_thread"
	violationChannelByName     = "channel_by_name"
	violationTokenInQuery      = "token_in_query"
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

func (w *core) violate(kind, format string, args ...any) {
	w.violations.add(Violation{At: w.opts.Clock.Now(), Kind: kind, Detail: fmt.Sprintf(format, args...)})
}

// Violations lists what the app did wrong so far, oldest first, at most 1000.
func (w *core) Violations() []Violation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.violations.list)
}

// AllowViolation forgives violations, earlier and later ones, whose text
// "kind: detail" contains substr.
func (w *core) AllowViolation(substr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations.allowed = append(w.violations.allowed, substr)
	w.violations.list = slices.DeleteFunc(w.violations.list, func(v Violation) bool { return strings.Contains(v.String(), substr) })
}
