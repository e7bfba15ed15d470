// Package bot is the Slack side of opsbot: this package and those below it are the only ones that speak Slack's API.
//
// Here is what they share: the connection to a workspace, the bot's identity in it, Slack's errors, timestamps and action ids.
//
//   - events receives over Socket Mode, acknowledges at once and hands on.
//   - deliver makes Slack agree with the rows of the outbox.
//   - render draws cards in Block Kit, mrkdwn writes and reads Slack's markup.
//   - surfaces are Home tabs, forms and canvases.
//   - directory knows people and user groups.
//   - setup writes the app's manifest and checks an installation.
package bot
