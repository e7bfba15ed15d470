package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Incidents is what the pipeline needs of the escalation service.
type Incidents interface {
	// Act does what a person decided about an incident.
	Act(ctx context.Context, number int64, a escalation.Action) (incident.Incident, error)
	// ByThread finds the incident whose thread this is; among the roots, its header. ok is false where there is none.
	ByThread(ctx context.Context, channel, threadTS string) (inc incident.Incident, ok bool, err error)
	// HasThreads reports whether the thread of any incident is in the channel.
	HasThreads(ctx context.Context, channel string) (bool, error)
	Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error)
}

// place is where in Slack something was asked for.
type place struct {
	// incident is the number of the one that it belongs to, "" where that is not clear.
	incident string
	// clusters are those that the alerts of the thread's incident are on.
	clusters []string
	// err is why that could not be found out.
	err error
}

// placeOf finds the incident that a request belongs to: that of its thread or, for a slash command (which Slack never
// sends from a thread, SF-2.3), the channel's only active one or the one that the person owns.
func (d *Dispatcher) placeOf(ctx context.Context, user, channel, threadTS string) (at place) {
	inc, ok := incident.Incident{}, false
	if threadTS != "" {
		inc, ok, at.err = d.Incidents.ByThread(ctx, channel, threadTS)
		at.clusters = d.clustersOf(inc)
	}
	number := inc.Number
	if at.err == nil && !ok {
		number, ok, at.err = d.onlyActive(ctx, channel, user)
	}
	if at.err != nil {
		// A command must not fail because its incident could not be looked up.
		d.Log.Error("find incident of request", zap.String("channel", channel), zap.String("thread", threadTS), zap.Error(at.err))
	}
	if at.err == nil && ok {
		at.incident = strconv.FormatInt(number, 10)
	}
	return at
}

// searchLimit bounds how many active incidents are looked through for that of a channel.
const searchLimit = 200

// onlyActive is the active incident of the channel if there is just one or, among several, the one that the person owns.
func (d *Dispatcher) onlyActive(ctx context.Context, channel, user string) (int64, bool, error) {
	active, err := d.Incidents.Incidents(ctx, true, searchLimit)
	if err != nil {
		return 0, false, err
	}
	var here, owned []int64
	for _, inc := range active {
		if inc.Channel == channel {
			here = append(here, inc.Number)
		}
		if inc.Channel == channel && inc.Owner == user {
			owned = append(owned, inc.Number)
		}
	}
	switch {
	case len(here) == 1:
		return here[0], true, nil
	case len(owned) == 1:
		return owned[0], true, nil
	default:
		return 0, false, nil
	}
}

// recordInIncident puts a line about a call on the timeline of the incident it belongs to.
func (d *Dispatcher) recordInIncident(ctx context.Context, r calls.Record, kind incident.EntryKind, actor string, text messages.Text) {
	number, err := strconv.ParseInt(r.Source.Incident, 10, 64)
	if err != nil || strings.HasPrefix(r.Operation, "incident ") {
		return // the call belongs to no incident, or what it does there is on the timeline itself
	}
	action := escalation.Action{Kind: escalation.Record, Actor: actor, Entry: kind, Text: text}
	if _, err := d.Incidents.Act(ctx, number, action); err != nil {
		d.Log.Error("command not on the timeline", zap.String("call", r.ID), zap.Int64("incident", number), zap.Error(err))
	}
}

// incidentAction handles the buttons of an incident: acknowledge, escalate, assign, resolve and the like.
func (d *Dispatcher) incidentAction(ctx context.Context, a Action) {
	if err := d.pressIncident(ctx, a); err != nil {
		d.refusePress(ctx, a, calls.Record{}, IncidentError(err))
	}
}

func (d *Dispatcher) pressIncident(ctx context.Context, a Action) error {
	switch a.Name {
	case cards.ActionLink:
		return nil // the browser has opened it
	case calls.ActionForm:
		return d.pressedForm(ctx, a)
	case cards.ActionTimeline:
		d.submit(ctx, Request{SourceID: a.ID, Line: "incident timeline " + a.Value, User: a.User, Channel: a.Channel, ThreadTS: threadOf(a), At: a.At})
		return nil
	case cards.ActionDraft:
		d.submit(ctx, Request{SourceID: a.ID, Line: "incident postmortem " + a.Value, User: a.User, Channel: a.Channel, ThreadTS: threadOf(a), At: a.At})
		return nil
	case cards.ActionAck, cards.ActionEscalate, cards.ActionAssign, cards.ActionDiagnosed, cards.ActionWorking,
		cards.ActionResolve, cards.ActionReopen, cards.ActionPostmortem:
		return d.actOnIncident(ctx, a)
	default:
		return unknownPress()
	}
}

func (d *Dispatcher) actOnIncident(ctx context.Context, a Action) error {
	if _, err := d.Identities.Identify(ctx, a.User); err != nil {
		return err
	}
	action := escalation.Action{Kind: escalation.ActionKind(a.Name), Actor: a.User}
	number, err := incident.ParseNumber(a.Value)
	if a.Name == cards.ActionAssign {
		number, action.Assignee, err = cards.ParseAssignValue(a.Value)
	}
	if err != nil {
		return unknownPress()
	}
	_, err = d.Incidents.Act(ctx, number, action)
	return err
}

// IncidentError turns a refusal of the escalation package into an answer to a person.
func IncidentError(err error) error {
	if refusal, ok := errors.AsType[*escalation.Refusal](err); ok {
		return &k8sops.Error{Code: k8sops.CodeInvalid, Message: refusal.Message, Cause: err}
	}
	if errors.Is(err, incident.ErrNotFound) {
		return &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("incident.unknown"), Suggest: []string{"incident list"}, Cause: err}
	}
	return err
}
