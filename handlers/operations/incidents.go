package operations

import (
	"context"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
)

// IncidentReader reads incidents.
type IncidentReader interface {
	// Incident reads one; incident.ErrNotFound where there is none.
	Incident(ctx context.Context, number int64) (incident.Incident, error)
	Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error)
	// WithFollowUps lists the newest incidents that have follow-ups, done or not.
	WithFollowUps(ctx context.Context, limit int) ([]incident.Incident, error)
}

// IncidentService reads incidents, and changes them as people decide.
type IncidentService interface {
	IncidentReader
	// Act does what a person decided about an incident.
	Act(ctx context.Context, number int64, a escalation.Action) (incident.Incident, error)
	// Declare opens an incident at a person's word; role may be "".
	Declare(ctx context.Context, title string, severity incident.Severity, role oncall.Role, actor string) (number int64, err error)
}

// Assignable refuses whoever cannot be given an incident: somebody who is no member of the team would never be reached.
type Assignable func(ctx context.Context, slackUser string) error

// Incidents is what the operations on incidents work with.
type Incidents struct {
	Service    IncidentService
	Timelines  Timelines
	Assignable Assignable
	// Locale of files, which a whole team reads.
	Locale string
	Now    func() time.Time
}

// Operations do what the buttons of an incident do, for people who type.
func (o Incidents) Operations() []k8sops.Operation {
	return []k8sops.Operation{
		o.mark("incident ack", messages.New("incident.op.ack"), escalation.Ack).Operation(),
		o.mark("incident escalate", messages.New("incident.op.escalate"), escalation.Escalate).Operation(),
		o.mark("incident reopen", messages.New("incident.op.reopen"), escalation.Reopen).Operation(),
		o.mark("incident resolve", messages.New("incident.op.resolve"), escalation.MarkResolved).Operation(),
		o.mark("incident working", messages.New("incident.op.working"), escalation.Working).Operation(),
		incidentAssign{o}.spec().Operation(),
		incidentDiagnosed{o}.spec().Operation(),
		incidentHandoff{o}.spec().Operation(),
		incidentList{o}.spec().Operation(),
		incidentNote{o}.spec().Operation(),
		incidentOpen{o}.spec().Operation(),
		incidentPages{o}.spec().Operation(),
		incidentPostmortem{o}.spec().Operation(),
		incidentSeverity{o}.spec().Operation(),
		incidentTimeline{o}.spec().Operation(),
		incidentUpdate{o}.spec().Operation(),
	}
}

// card is the Answer of an operation that answers with a card, and nothing to be run next.
func card[A any](answer func(context.Context, *k8sops.Call, A) (messages.Card, error)) func(context.Context, *k8sops.Call, A, k8sops.Progress) (*k8sops.Result, error) {
	return func(ctx context.Context, call *k8sops.Call, args A, _ k8sops.Progress) (*k8sops.Result, error) {
		card, err := answer(ctx, call, args)
		if err != nil {
			return nil, handlers.IncidentError(err)
		}
		return &k8sops.Result{Card: card}, nil
	}
}

// everyone may run these operations: they ask nothing of the cluster.
func everyone() []k8sops.Role { return []k8sops.Role{k8sops.Everyone} }
