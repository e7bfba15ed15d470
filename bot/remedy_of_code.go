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

// remedyFor knows Slack's error codes (SF-6 table, SF-6.1). An unknown code drops the message, once it was refused as plain
// text too: repeating a request that Slack refuses for a reason of its own would block the lane for ever.
func remedyFor(code string) remedy {
	switch code {
	case "ratelimited", "rate_limited":
		return throttled
	case "fatal_error", "internal_error", "service_unavailable", "request_timeout", "update_failed":
		return unclear
	case "team_added_to_org", "streaming_state_conflict", "accesslimited":
		return retry
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "block_mismatch",
		"too_many_attachments", "attachment_payload_limit_exceeded", "msg_too_long":
		return simplify
	case "not_in_channel":
		return join
	case "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled", "user_not_found", "user_disabled",
		"user_not_visible", "user_not_in_channel", "cannot_reply_to_message", "restricted_action":
		return divert
	case "message_not_found", "cant_update_message", "edit_window_closed":
		return repost
	case "thread_not_found":
		return reroot
	case "message_limit_exceeded", "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired",
		"missing_scope", "not_allowed_token_type", "no_permission", "access_denied", "app_access_restricted", "team_disabled":
		return repair
	}
	if strings.HasPrefix(code, "restricted_action_") {
		return divert
	}
	return drop
}

func remedyForStatus(code int) remedy {
	switch {
	case code == http.StatusTooManyRequests: // without a readable Retry-After (SF-5.3)
		return throttled
	case code >= 500:
		return unclear
	default:
		return drop
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

// classify turns an error of slack-go into a failure; nil for nil.
func classify(err error) *failure {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &failure{remedy: throttled, code: "ratelimited", after: max(limited.RetryAfter, time.Second), err: err}
	}
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return &failure{remedy: remedyFor(refused.Err), code: refused.Err, after: time.Second, err: err}
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return &failure{remedy: remedyForStatus(status.Code), code: "http_" + http.StatusText(status.Code), after: time.Second, err: err}
	}
	if neverSent(err) {
		return &failure{remedy: retry, code: "not_connected", err: err}
	}
	return &failure{remedy: unclear, code: "no_answer", err: err}
}
