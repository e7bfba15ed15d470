package handlers

import (
	"strings"
	"time"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

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

// Request is somebody's wish to run a command line, wherever it came from.
type Request struct {
	// SourceID identifies the request in Slack; the same id twice is the same request.
	SourceID string
	Line     string // untrusted
	// Call is asked for in place of Line where it is not a person's words, nil otherwise.
	Call *k8sops.Invocation
	// Secrets are those of Call's arguments that were typed into a form.
	Secrets     k8sops.Secrets
	User        string
	Channel     string
	ThreadTS    string
	ResponseURL string
	// TriggerID opens a form where arguments are missing, "" where Slack gives none.
	TriggerID string
	At        time.Time
	// Undoes is the id of the call that the line takes back, "" for any other request.
	Undoes string
	// Step is the step of a guided run that the request takes; zero for any other.
	Step RunStep
}

// RunStep ties a request to the guided run whose step it is.
type RunStep struct {
	// CallID is the id that the call gets, so that no second one is made for the step.
	CallID string
	// ReplyTo is the key of the run's card, into whose thread the answer goes; "" where the request names the thread.
	ReplyTo string
	// Incident is the one that the run belongs to, "" for none.
	Incident string
}

// private is a message that only the requester sees: refusals and usage, which help nobody else. In the person's direct
// messages every message is private, and an ephemeral one would be gone with the next reload.
func (d *Dispatcher) private(key string, r Request, locale string, card messages.Card) messages.Outbound {
	m := messages.Outbound{
		Key: key, Lane: messages.LaneAnswer, Channel: r.Channel, ThreadTS: r.ThreadTS, EphemeralTo: r.User,
		ResponseURL: r.ResponseURL, Locale: locale, Card: card, NotAfter: r.At.Add(30 * time.Minute), // SF-2.6
	}
	if r.Channel == r.User {
		m.EphemeralTo = ""
	}
	return m
}

// answer is the call's message, visible to the channel, edited as the call goes on. ResponseURL is there for channels
// that the bot may not post in.
func (d *Dispatcher) answer(r calls.Record, card messages.Card) messages.Outbound {
	card = d.pinned(r, card)
	if r.Private {
		req := Request{User: r.Source.User, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS, ResponseURL: r.ResponseURL, At: r.CreatedAt}
		return d.private(answerKey(r.ID), req, r.Locale, card)
	}
	m := messages.Outbound{
		Key: answerKey(r.ID), Lane: messages.LaneAnswer, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS,
		ReplyTo: r.ReplyTo, ResponseURL: r.ResponseURL, Requester: r.Source.User, Withheld: r.Withheld, Locale: d.Settings.Locale, Card: card,
	}
	if r.Source.Channel == r.Source.User || !r.Withheld.IsZero() {
		m.Locale = r.Locale // nobody else reads it
	}
	return m
}

func answerKey(callID string) string { return "call/" + callID + "/answer" }

func (r Request) source(incident string) k8sops.Source {
	return k8sops.Source{User: r.User, Channel: r.Channel, ThreadTS: r.ThreadTS, Incident: incident}
}

// clip makes untrusted text short and valid UTF-8.
func clip(s string, limit int) string {
	runes := []rune(strings.ToValidUTF8(s, "\ufffd"))
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit]) + "…"
}
