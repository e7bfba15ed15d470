package bot

import "github.com/slack-go/slack"

// SharedOutside tells whether other organisations read a channel, or are invited to: whoever accepts an invitation reads what was written
// before. Workspaces of the same organisation are no other one.
func SharedOutside(c *slack.Channel) bool {
	return c.IsExtShared || c.IsPendingExtShared || len(c.PendingShared) > 0 || c.IsShared && !c.IsOrgShared
}
