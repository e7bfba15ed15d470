package deliver

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/render"
)

// remedy is what delivery does after a failed request.
type remedy int

const (
	// retry: Slack has not done it; the same request may be sent again.
	retry remedy = iota
	// unknownOutcome: Slack may have done it (SF-6.1, SF-6.19); look before posting again.
	unknownOutcome
	// throttled: not done, and the method is closed until Retry-After (SF-5.2).
	throttled
	// simplify: the blocks were refused; the plain text will not be.
	simplify
	// join: the channel is public and we are not in it.
	join
	// divert: this channel accepts no posts; the message goes elsewhere.
	divert
	// repost: the message to be edited is gone or frozen.
	repost
	// repostRoot: the root of the thread is gone; it is posted anew before the reply.
	repostRoot
	// needsAdmin: nothing works until a person fixes the token, the scopes or the workspace's limit; rows wait.
	needsAdmin
	// parked: the channel accepts no messages and there is no other recipient; rows wait until a person fixes that.
	parked
	// cancelled: the message was cancelled before it was posted.
	cancelled
	// drop: Slack will never accept this message.
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
	detail := bot.ErrorDetail(f.err)
	if detail == "" || detail == f.code {
		return f.code
	}
	return f.code + ": " + detail
}

func (f *failure) Unwrap() error { return f.err }

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
		"user_not_visible", "user_not_in_channel", "cannot_reply_to_message", "restricted_action", CodeShared:
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

// applyRemedy changes the next request so that it avoids f; false if nothing can.
func (w *Worker) applyRemedy(ctx context.Context, s *sending, f *failure) bool {
	switch f.remedy {
	case simplify:
		return w.replaceTable(s, f) || w.simplify(s, f)
	case join:
		return w.join(ctx, s) || w.divert(ctx, s, f)
	case divert:
		return w.divert(ctx, s, f)
	case repost:
		return w.repost(s)
	case repostRoot:
		return s.leaveThread()
	case drop:
		return isRefusal(f) && (w.replaceTable(s, f) || w.simplify(s, f))
	default:
		return false
	}
}

// isRefusal reports whether Slack refused the request; false if opsbot gave up by itself.
func isRefusal(f *failure) bool {
	_, ok := bot.Refusal(f.err)
	return ok
}

// simplify replaces refused blocks by plain text: a person must be told even when the card cannot be drawn.
func (w *Worker) simplify(s *sending, f *failure) bool {
	if s.simplified {
		return false
	}
	s.simplified = true
	w.Log.Error("Slack refused a message; sent as plain text", logKey(s.row), zap.String("cause", f.Error()))
	s.content.Blocks = nil
	s.content.Text = render.WithoutBlocks(w.Renderer.Catalogue, w.locale(s.row), s.content.Text, s.row.Card)
	return true
}

// repost posts a deleted message again.
func (w *Worker) repost(s *sending) bool {
	if s.reposted || s.edit.ts == "" {
		return false
	}
	s.reposted = true
	s.edit = posted{}
	return true
}
