package bot

import (
	"errors"
	"strings"

	"github.com/slack-go/slack"
)

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

// refusal returns Slack's error code where Slack answered; false for success and for a Slack that cannot be reached.
func refusal(err error) (code string, refused bool) {
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	return e.Err, ok
}
