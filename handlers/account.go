package handlers

import (
	"context"
	"errors"
	"strconv"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
)

// event is the audit event of what actor did with call r.
func event(r calls.Record, action, actor string, at time.Time) audit.Event {
	e := audit.Event{
		At: at.UTC(), Action: action, Call: r.ID, Actor: actor, User: r.Identity.User, Command: r.Command,
		Cluster: r.Cluster, Namespace: r.Namespace, Incident: r.Source.Incident,
	}
	details := map[string]string{
		"channel": r.Source.Channel, "outcome": r.Outcome, "digest": r.Digest, "undoes": r.Undoes,
		"requested_by": r.Source.User, "approved_by": r.ApprovedBy, "approved_as": r.ApprovedAs, "broke_glass": r.BrokeGlass,
	}
	if actor == r.Source.User {
		delete(details, "requested_by")
	}
	if r.Undone != nil {
		details["undone_with"] = r.Undone.Call
	}
	for k, v := range details {
		if v == "" {
			delete(details, k)
		}
	}
	e.Details = details
	return e
}

// repeats tells whether a refusal is counted with another that has a row.
func (d *Dispatcher) repeats(refused audit.Event) bool {
	return d.Refusals != nil && d.Refusals.Repeats(refused)
}

func (d *Dispatcher) unwritten(refused audit.Event) {
	if d.Refusals != nil {
		d.Refusals.Unwritten(refused)
	}
}

// outcomeOf is a failure as the audit record may keep it: what kind, never the words of a server or a program, which may
// hold anything. The log has those, under the call's id.
func outcomeOf(cause error) string {
	e, ok := errors.AsType[*k8sops.Error](cause)
	if !ok {
		return "internal error"
	}
	if e.Message.ID == "" {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Message.ID
}

// AccountedIncidents writes what people do about incidents without a command into the audit record: by a button, by answering a page, by
// pinning a message. It is written before it is done, so that nothing is done that is not in the record. What a command does goes to the
// incidents themselves: the call is in the record.
type AccountedIncidents struct {
	Next       Incidents
	Audit      audit.Log
	Identities Identifier
	Now        func() time.Time
	Log        *zap.Logger
}

// Act accounts for a person's action and does it. That a page's answer was refused is accounted for too; of presses the dispatcher does that.
func (i AccountedIncidents) Act(ctx context.Context, number int64, a escalation.Action) (incident.Incident, error) {
	if a.Kind == escalation.Record {
		return i.Next.Act(ctx, number, a) // the line of a call that is in the record
	}
	event := i.event(ctx, number, a)
	if err := i.Audit.Audit(ctx, event); err != nil {
		return incident.Incident{}, storageError(err)
	}
	inc, err := i.Next.Act(ctx, number, a)
	if refusal, ok := errors.AsType[*escalation.Refusal](err); ok && a.Page != "" {
		event.At, event.Action = i.Now().UTC(), "refused incident "+string(a.Kind)
		event.Details["outcome"] = refusal.Message.ID
		if err := i.Audit.Audit(ctx, event); err != nil {
			i.Log.Error("refused answer not recorded", zap.String("page", a.Page), zap.Error(err))
		}
	}
	return inc, err
}

func (i AccountedIncidents) event(ctx context.Context, number int64, a escalation.Action) audit.Event {
	e := audit.Event{
		At: i.Now().UTC(), Action: "incident " + string(a.Kind), Actor: a.Actor, Incident: strconv.FormatInt(number, 10), Details: map[string]string{},
	}
	if a.Page == "" { // who answers a page may not be in Slack
		if id, err := i.Identities.Identify(ctx, a.Actor); err == nil {
			e.User = id.User
		}
	}
	for key, value := range map[string]string{"assignee": a.Assignee, "page": a.Page, "message": a.Quote.Message} {
		if value != "" {
			e.Details[key] = value
		}
	}
	return e
}

// ByThread implements Incidents.
func (i AccountedIncidents) ByThread(ctx context.Context, channel, threadTS string) (incident.Incident, bool, error) {
	return i.Next.ByThread(ctx, channel, threadTS)
}

// HasThreads implements Incidents.
func (i AccountedIncidents) HasThreads(ctx context.Context, channel string) (bool, error) {
	return i.Next.HasThreads(ctx, channel)
}

// Incidents implements Incidents.
func (i AccountedIncidents) Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error) {
	return i.Next.Incidents(ctx, activeOnly, limit)
}
