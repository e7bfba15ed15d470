package messages

import "time"

// Outbound is one message that somebody wants to stand in Slack. It is a row before it is a request: the store
// keeps it in the same transaction as the change that wants it, and delivery makes Slack agree with the row.
//
// Key identifies the message for ever. Putting an Outbound with a Key that exists replaces its Card: what was posted
// is then edited in place. Delivery sends only the newest Card (updates are coalesced), so a crash or a rate limit at
// any point converges to the same thread.
type Outbound struct {
	// Key, e.g. "incident/12/header", "incident/12/entry/7", "call/0f3a/answer". Required.
	Key  string `json:"key"`
	Lane Lane   `json:"lane"`
	// Channel is a Slack channel id, or a user id for a direct message (SF-6.9). Required unless ReplyTo is set.
	Channel string `json:"channel,omitempty"`
	// ReplyTo is the Key of the message whose thread this one goes into; delivery waits until that one is posted.
	ReplyTo string `json:"reply_to,omitempty"`
	// ThreadTS is the thread's timestamp where the thread was not started by us (a mention).
	ThreadTS string `json:"thread_ts,omitempty"`
	// EphemeralTo makes it visible to this user only, through ResponseURL while that is alive, else chat.postEphemeral.
	EphemeralTo string `json:"ephemeral_to,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`
	// Broadcast also shows a reply in the channel (SF-6.11).
	Broadcast bool `json:"broadcast,omitempty"`
	// Locale the card is rendered in; "" is the configured default.
	Locale string `json:"locale,omitempty"`
	Card   Card   `json:"card"`
	// NotAfter: a message nobody needs any more after this time is dropped instead of sent late; zero means never.
	NotAfter time.Time `json:"not_after,omitzero"`
	// Interim: a later version will follow. It may be skipped where a message cannot be edited.
	Interim bool `json:"interim,omitempty"`
	// Requester is the user id of who asked; they get it directly where the channel takes no message.
	Requester string `json:"requester,omitempty"`
	// Withheld is why the message is not for the channel: it goes to the Requester, with this reason. Zero where the channel may read it.
	Withheld Text `json:"withheld,omitzero"`
	// Edit changes a message that was put before. Where that was forgotten, because it is old, nothing is posted in its place.
	Edit bool `json:"-"`
	// PageID links a page's message to its row of the page ledger.
	PageID string `json:"page_id,omitempty"`
}

// Lane orders what is sent first when Slack limits us; a lower Lane goes first.
type Lane int

// The lanes, in the order in which they are served.
const (
	LanePage Lane = iota
	LaneHeader
	LaneAnswer
	LaneEntry
	LaneUpdate
)
