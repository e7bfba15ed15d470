package events

import (
	"context"
	"slices"

	"opsbot/escalation/cards"
	"opsbot/handlers"
)

// Handler handles what comes in. Each call runs on a worker; the envelope is acknowledged already.
type Handler interface {
	Command(ctx context.Context, c handlers.Command)
	Action(ctx context.Context, a handlers.Action)
	Mention(ctx context.Context, m handlers.Mention)
	HomeOpened(ctx context.Context, user string)
	Submit(ctx context.Context, s handlers.Submission)
	Reaction(ctx context.Context, r handlers.Reaction)
	Shortcut(ctx context.Context, s handlers.Shortcut)
	// UserChanged hears that the profile or the account of a person is not what it was.
	UserChanged(ctx context.Context, user string)
	// ChannelChanged hears that a channel is shared with another organisation, or not any more.
	ChannelChanged(ctx context.Context, channel string)
}

// inbound is one decoded envelope. At most one of its fields is set; none if the bot ignores it.
type inbound struct {
	// eventID is set for events, which Slack delivers again (SF-1.40).
	eventID string

	command  *handlers.Command
	actions  []handlers.Action
	mention  *handlers.Mention
	homeUser string
	// changedUser is whoever's profile or account changed.
	changedUser string
	// changedChannel is what another organisation reads now, or not any more.
	changedChannel string
	submission     *handlers.Submission
	reaction       *handlers.Reaction
	shortcut       *handlers.Shortcut
	// blocks are the input blocks of the submission's view, where an error can be shown (SF-3.8).
	blocks []string
}

func (in inbound) empty() bool {
	return in.command == nil && len(in.actions) == 0 && in.mention == nil && in.homeUser == "" && in.submission == nil &&
		in.reaction == nil && in.shortcut == nil && in.changedUser == "" && in.changedChannel == ""
}

// isIncidentAction reports whether all actions are buttons of an incident, such as Acknowledge. They only write to the database, so
// they are quick, and they must not wait behind operations on a cluster that does not answer.
func (in inbound) isIncidentAction() bool {
	return len(in.actions) > 0 && !slices.ContainsFunc(in.actions, func(a handlers.Action) bool {
		switch a.Name {
		case cards.ActionAck, cards.ActionEscalate, cards.ActionAssign, cards.ActionDiagnosed, cards.ActionWorking,
			cards.ActionResolve, cards.ActionReopen:
			return false
		}
		return true
	})
}

// responseURL is where an answer can always be sent; "" for events and submissions.
func (in inbound) responseURL() string {
	switch {
	case in.command != nil:
		return in.command.ResponseURL
	case len(in.actions) > 0:
		return in.actions[0].ResponseURL
	case in.shortcut != nil:
		return in.shortcut.ResponseURL
	}
	return ""
}
