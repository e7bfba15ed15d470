// Package render draws cards in Block Kit. Whatever a card holds, the message is within all of Slack's limits.
package render
