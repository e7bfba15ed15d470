// Package events receives what Slack sends over Socket Mode. Each envelope is acknowledged at once, decoded, and handed to a
// Handler on a bounded pool of workers.
package events
