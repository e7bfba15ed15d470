package handlers

import "time"

// Command is a slash command as Slack sends it (SF-2.1). Slash commands never come from a thread (SF-2.3).
type Command struct {
	ID          string // unique per request: Slack's trigger id
	Name        string // "/scale"
	Text        string // as typed, untrusted
	User        string
	Channel     string
	ResponseURL string
	TriggerID   string
	At          time.Time
}

// Mention is a message to the bot, in a channel or in a direct message; the bot's own mention is removed from Text.
type Mention struct {
	ID       string // event_id
	Text     string // untrusted
	User     string
	Channel  string
	TS       string
	ThreadTS string // "" when not in a thread
	At       time.Time
}

// Action is a press of a button or a choice in a select menu (SF-3.3).
type Action struct {
	ID          string // unique per press: trigger id
	Name        string // messages.Action.Name
	Value       string // messages.Action.Value, or the chosen option's value
	User        string
	Channel     string
	MessageTS   string
	ThreadTS    string
	Ephemeral   bool
	ResponseURL string
	TriggerID   string
	// Form is set for a choice in an open form, nil for all else.
	Form *OpenForm
	At   time.Time
}

// OpenForm is a modal that a person is filling in, with what it holds so far.
type OpenForm struct {
	Submission
	View string // view id
	Hash string // of the view's version
}

// Submission is a submitted modal (SF-3.5). Values are by block id; each block holds one input.
type Submission struct {
	ID         string
	CallbackID string
	Metadata   string // private_metadata as set when the modal was opened
	User       string
	Values     map[string]string
	At         time.Time
}

// SlackMessage is a message as it stands in Slack.
type SlackMessage struct {
	Channel string
	TS      string
	// ThreadTS is the root of its thread, TS where it is one itself.
	ThreadTS string
	Author   string
	At       time.Time
	Text     string   // without Slack's markup, untrusted
	PinnedBy []string // who put QuoteEmoji on it
}

// Reaction is a QuoteEmoji that was put on a message or taken off it.
type Reaction struct {
	ID      string // event_id
	User    string
	Channel string
	TS      string // of the message
	At      time.Time
}

// Shortcut is a choice in the menu of a message.
type Shortcut struct {
	ID          string // trigger id
	Name        string // callback_id
	User        string
	Channel     string
	TS          string // of the message
	ThreadTS    string // TS where it is the root of a thread, or in none
	ResponseURL string
	At          time.Time
}
