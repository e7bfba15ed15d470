package handlers

import (
	"errors"
	"time"

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
