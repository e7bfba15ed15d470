package escalation

import (
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// ActionKind is what a person does about an incident.
type ActionKind string

// The kinds of action.
const (
	Ack             ActionKind = "ack"
	Escalate        ActionKind = "escalate"
	Assign          ActionKind = "assign"
	Handoff         ActionKind = "handoff"
	Working         ActionKind = "working"
	Diagnosed       ActionKind = "diagnosed"
	MarkResolved    ActionKind = "resolve"
	Reopen          ActionKind = "reopen"
	Note            ActionKind = "note"
	SetSeverity     ActionKind = "severity"
	Record          ActionKind = "record"
	ClosePostmortem ActionKind = "postmortem"
	QuoteMessage    ActionKind = "quote"
	WithdrawQuote   ActionKind = "withdraw"
	AddFollowUp     ActionKind = "follow up"
	FinishFollowUp  ActionKind = "finish follow-up"
	SetUpdate       ActionKind = "update"
)

// Action is one thing that a person does about an incident.
type Action struct {
	Kind ActionKind
	// Actor is the Slack user id of the person, or the contact id of somebody who is not in Slack.
	Actor string
	// Page is the PageID of the page that is answered, for an Ack from outside Slack.
	Page string
	// Assignee is the Slack user id of the new owner, for Assign and Handoff.
	Assignee string
	// Severity is for SetSeverity.
	Severity incident.Severity
	// Text is what to write down. Note, Record and SetUpdate (a literal) require it. For Diagnosed it is the cause and for
	// Handoff a note, both optional.
	Text messages.Text
	// Entry and InThread say how Record writes it down. The answer of a command is already in the thread.
	Entry    incident.EntryKind
	InThread bool
	// Quote is for QuoteMessage. WithdrawQuote needs only its Message.
	Quote Quote
	// FollowUp is for AddFollowUp (Text, Owner, DueAt) and FinishFollowUp (Number).
	FollowUp incident.FollowUp
}

// Refusal is an action that makes no sense in the incident's state; Message says why, to the person who tried.
type Refusal struct{ Message messages.Text }

func (r *Refusal) Error() string { return "refused: " + r.Message.ID }

func refuse(why messages.Text) error { return &Refusal{why} }
