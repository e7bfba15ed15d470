package deliver

import (
	"strings"

	"opsbot/bot"
)

// failureOf turns an error of slack-go into a failure; nil for nil.
func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	e := bot.Classify(err)
	return &failure{remedy: remedyFor(e.Code, e.Kind), code: e.Code, after: e.RetryAfter, err: err}
}

func remedyFor(code string, kind bot.ErrorKind) remedy {
	switch kind {
	case bot.ErrorRateLimited:
		return throttled
	case bot.ErrorOutcomeUnknown:
		return unknownOutcome
	case bot.ErrorNotDone:
		return retry
	default:
		return remedyForRefusal(code)
	}
}

// remedyForRefusal knows Slack's error codes (SF-6 table). An unknown code drops the message, once it was refused as plain text too:
// repeating a request that Slack refuses for a reason of its own would block the lane for ever.
func remedyForRefusal(code string) remedy {
	switch code {
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
		return repostRoot
	case "message_limit_exceeded", "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired",
		"missing_scope", "not_allowed_token_type", "no_permission", "access_denied", "app_access_restricted", "team_disabled":
		return needsAdmin
	}
	if strings.HasPrefix(code, "restricted_action_") {
		return divert
	}
	return drop
}
