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

// remedy is what delivery does about a failed request.
type remedy int

const (
	// retry: Slack has not done it; the same request may be sent again.
	retry remedy = iota
	// unclear: Slack may have done it (SF-6.1, SF-6.19); look before posting again.
	unclear
	// throttled: not done, and the method is closed until Retry-After (SF-5.2).
	throttled
	// simplify: the blocks were refused; the plain text will not be.
	simplify
	// join: the channel is public and we are not in it.
	join
	// divert: this channel takes no posts any more; another must.
	divert
	// repost: the message to be edited is gone or frozen.
	repost
	// reroot: the root of the thread is gone; it is posted anew before the reply.
	reroot
	// repair: nothing will work until a person mends token, scopes or the workspace's limit; rows wait.
	repair
	// stay: the channel takes no messages and there is nobody to have them instead; rows wait until a person mends that.
	stay
	// withdraw: the message was taken back before it was posted.
	withdraw
	// drop: this very message will never be accepted.
	drop
)

// failure is a failed request as data.
type failure struct {
	remedy remedy
	// code is Slack's error code, or what went wrong with the request; never empty.
	code  string
	after time.Duration // of throttled
	// begun: a post went out and a message may exist.
	begun bool
	err   error
}

func (f *failure) Error() string {
	detail := slackDetail(f.err)
	if detail == "" || detail == f.code {
		return f.code
	}
	return f.code + ": " + detail
}

func (f *failure) Unwrap() error { return f.err }

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

// neverSent reports whether the request cannot have reached Slack, because no connection was made.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	return dns && !errors.Is(err, context.DeadlineExceeded)
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

// slackDetail is what Slack says beyond the code: JSON pointers of refused blocks, needed scopes (SF-6.3, SF-9.17).
func slackDetail(err error) string {
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
