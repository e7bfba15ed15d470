package bot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// ErrorKind is what a failed request to Slack means for another try.
type ErrorKind int

// The kinds of errors.
const (
	// ErrorRefused: Slack said no; the same request will be refused again.
	ErrorRefused ErrorKind = iota
	// ErrorRateLimited: not done, and the method is closed until Retry-After (SF-5.2).
	ErrorRateLimited
	// ErrorNotDone: Slack has not done it; the same request may be sent again.
	ErrorNotDone
	// ErrorOutcomeUnknown: Slack may have done it (SF-6.1, SF-6.19).
	ErrorOutcomeUnknown
)

// CallError is a failed request as data.
type CallError struct {
	Kind ErrorKind
	// Code is Slack's error code, or what went wrong with the request; never empty.
	Code       string
	RetryAfter time.Duration // of ErrorRateLimited
}

// Classify describes an error of slack-go, which is not nil.
func Classify(err error) CallError {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return CallError{Kind: ErrorRateLimited, Code: "ratelimited", RetryAfter: max(limited.RetryAfter, time.Second)}
	}
	if code, ok := Refusal(err); ok {
		return CallError{Kind: KindOfCode(code), Code: code, RetryAfter: time.Second}
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return CallError{Kind: kindOfStatus(status.Code), Code: "http_" + http.StatusText(status.Code), RetryAfter: time.Second}
	}
	if neverSent(err) {
		return CallError{Kind: ErrorNotDone, Code: "not_connected"}
	}
	return CallError{Kind: ErrorOutcomeUnknown, Code: "no_answer"}
}

// KindOfCode knows Slack's error codes after which a request may be sent again (SF-6 table, SF-6.1).
func KindOfCode(code string) ErrorKind {
	switch code {
	case "ratelimited", "rate_limited":
		return ErrorRateLimited
	case "fatal_error", "internal_error", "service_unavailable", "request_timeout", "update_failed":
		return ErrorOutcomeUnknown
	case "team_added_to_org", "streaming_state_conflict", "accesslimited":
		return ErrorNotDone
	default:
		return ErrorRefused
	}
}

func kindOfStatus(code int) ErrorKind {
	switch {
	case code == http.StatusTooManyRequests: // without a readable Retry-After (SF-5.3)
		return ErrorRateLimited
	case code >= 500:
		return ErrorOutcomeUnknown
	default:
		return ErrorRefused
	}
}

// neverSent reports whether the request cannot have reached Slack, because no connection was made.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	return dns && !errors.Is(err, context.DeadlineExceeded)
}

// Refusal returns Slack's error code where Slack answered; false for success and for a Slack that cannot be reached.
func Refusal(err error) (code string, refused bool) {
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	return e.Err, ok
}

// ErrorDetail is the code and what Slack adds to it: JSON pointers of refused blocks, needed scopes (SF-6.3, SF-9.17).
func ErrorDetail(err error) string {
	refused, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok {
		return err.Error()
	}
	parts := append([]string{refused.Err}, refused.ResponseMetadata.Messages...)
	if refused.Needed != "" {
		parts = append(parts, "needed: "+refused.Needed, "provided: "+refused.Provided)
	}
	return strings.Join(parts, "; ")
}
