package deliver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestClassify(t *testing.T) {
	refused := func(code string) error { return fmt.Errorf("call: %w", slack.SlackErrorResponse{Err: code}) }
	cases := []struct {
		name string
		err  error
		want remedy
	}{
		{"429", &slack.RateLimitedError{RetryAfter: 3 * time.Second}, throttled},
		{"429 without a time", slack.StatusCodeError{Code: 429}, throttled},
		{"posting limit", refused("rate_limited"), throttled},
		{"5xx", slack.StatusCodeError{Code: 503}, unknownOutcome},
		{"may be half done", refused("fatal_error"), unknownOutcome},
		{"timeout", context.DeadlineExceeded, unknownOutcome},
		{"connection cut", errors.New("read: EOF"), unknownOutcome},
		{"no connection", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, retry},
		{"bad blocks", refused("invalid_blocks"), simplify},
		{"too long", refused("msg_too_long"), simplify},
		{"not a member", refused("not_in_channel"), join},
		{"archived", refused("is_archived"), divert},
		{"frozen", refused("is_inactive"), divert},
		{"read-only", refused("restricted_action_read_only_channel"), divert},
		{"deleted message", refused("message_not_found"), repost},
		{"bad token", refused("invalid_auth"), needsAdmin},
		{"scope", refused("missing_scope"), needsAdmin},
		{"unknown code", refused("invalid_metadata_schema"), drop},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := failureOf(c.err); got.remedy != c.want || got.code == "" {
				t.Errorf("remedy %v, code %q, want remedy %v", got.remedy, got.code, c.want)
			}
		})
	}
	if failureOf(nil) != nil {
		t.Error("no error is a failure")
	}
}

func TestFailureTellsWhatSlackSaid(t *testing.T) {
	f := failureOf(slack.SlackErrorResponse{Err: "invalid_blocks", ResponseMetadata: slack.ResponseMetadata{
		Messages: []string{"[ERROR] no more than 50 items allowed [json-pointer:/blocks]"}}})
	want := "invalid_blocks: invalid_blocks; [ERROR] no more than 50 items allowed [json-pointer:/blocks]"
	if f.Error() != want {
		t.Errorf("got %q, want %q", f.Error(), want)
	}
}

func TestWaitForGrowsAndStaysBounded(t *testing.T) {
	for attempts, limit := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
		if got := backoffDelay(&failure{remedy: retry}, attempts); got > limit {
			t.Errorf("attempt %d waits %v", attempts, got)
		}
	}
	if got := backoffDelay(&failure{remedy: retry}, 1000); got < backoffMax || got > backoffMax*6/5 {
		t.Errorf("the thousandth attempt waits %v", got)
	}
	if got := backoffDelay(&failure{remedy: unknownOutcome}, 0); got < unknownOutcomePause {
		t.Errorf("a post that may still appear is looked for after %v", got)
	}
	if got := backoffDelay(&failure{remedy: throttled, after: 17 * time.Second}, 5); got != 17*time.Second {
		t.Errorf("Retry-After 17 became %v", got)
	}
}
