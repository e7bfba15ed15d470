package handlers

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// decide handles a press of confirm, approve or cancel on a plan.
func (d *Dispatcher) decide(ctx context.Context, a Action) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	id, shown := calls.ParseDecision(a.Value)
	r, err := d.pressedCall(ctx, id)
	if err == nil {
		err = d.decideCall(ctx, a, r, shown)
	}
	d.answerPress(ctx, a, r, err)
}

// decideCall decides about the plan with the digest shown, if that is still what would happen.
func (d *Dispatcher) decideCall(ctx context.Context, a Action, r calls.Record, shown string) error {
	switch {
	case r.State != calls.Planned && r.State != calls.Approval:
		return conflict(messages.New("decide.over", "command", messages.Code("/"+r.Command), "state", calls.StateText(r.State)))
	case d.Now().After(r.ExpiresAt):
		return d.expire(ctx, r)
	case a.Name == calls.ActionCancel:
		return d.cancel(ctx, a, r)
	}
	if err := d.mayDecide(ctx, a, r); err != nil {
		return err
	}
	if shown != r.Digest {
		return conflict(messages.New("decide.outdated", "command", messages.Code("/"+r.Command)))
	}
	changed, err := d.planAgain(ctx, &r)
	switch {
	case err != nil:
		return err
	case r.Plan.NoOp: // somebody else has done it meanwhile
		return d.finish(ctx, r, calls.Succeeded, "no change needed", calls.NoOpCard(r))
	case changed:
		return d.askAgain(ctx, r, a.User)
	case r.State == calls.Approval:
		return d.approve(ctx, a, r)
	}
	return d.start(ctx, r, a.User, "confirmed")
}

// approve starts the call with the approver's name in it: both the audit record and the API server's audit log show who that was.
func (d *Dispatcher) approve(ctx context.Context, a Action, r calls.Record) error {
	approver, err := d.Identities.Identify(ctx, a.User)
	if err != nil {
		return err
	}
	r.ApprovedBy, r.ApprovedAs = a.User, approver.User
	r.Identity = r.Identity.ApprovedBy(approver, a.User)
	return d.start(ctx, r, a.User, "approved")
}

// recordApproval puts the approval on the timeline, before anything that it allowed.
func (d *Dispatcher) recordApproval(ctx context.Context, r calls.Record) {
	if r.BrokeGlass != "" {
		d.recordInIncident(ctx, r, incident.EntryApproval, r.Source.User, messages.New("incident.broke_glass",
			"user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command), "reason", r.BrokeGlass))
	}
	if r.ApprovedBy != "" {
		d.recordInIncident(ctx, r, incident.EntryApproval, r.ApprovedBy, messages.New("incident.command_approved",
			"user", messages.User(r.ApprovedBy), "command", messages.Code("/"+r.Command)))
	}
}

// mayDecide: the requester alone confirms; a second person who could have run the call themselves approves.
func (d *Dispatcher) mayDecide(ctx context.Context, a Action, r calls.Record) error {
	switch own := a.User == r.Source.User; {
	case r.State == calls.Planned && own:
		return nil
	case r.State == calls.Planned:
		return forbidden(messages.New("decide.not_requester", "user", messages.User(r.Source.User)))
	case own:
		return forbidden(messages.New("decide.own_approval", "command", messages.Code("/"+r.Command)))
	}
	approver, err := d.Identities.Identify(ctx, a.User)
	if err != nil {
		return err
	}
	if approver.User == r.Identity.User {
		return forbidden(messages.New("decide.same_identity", "identity", messages.Code(approver.User)))
	}
	return d.couldRun(ctx, a, r, approver)
}

// couldRun refuses whoever could not have run the call themselves.
func (d *Dispatcher) couldRun(ctx context.Context, a Action, r calls.Record, id k8sops.Identity) error {
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil {
		return err
	}
	id.Extra = k8sops.Extra(k8sops.Source{User: a.User, Channel: a.Channel, Incident: r.Source.Incident}, r.ID)
	cluster, err := d.Clusters.Find(r.Cluster)
	if err != nil {
		return err
	}
	client, err := cluster.As(id)
	if err != nil {
		return err
	}
	return k8sops.Preflight(ctx, client, r.Namespace, *op)
}

// planAgain plans from live state, as the requester is mapped today, and tells whether that differs from what was shown.
func (d *Dispatcher) planAgain(ctx context.Context, r *calls.Record) (changed bool, err error) {
	id, err := d.Identities.Identify(ctx, r.Source.User)
	if err != nil {
		return false, err
	}
	before := r.Digest
	id.Extra = r.Identity.Extra
	r.Identity = id
	if err := d.authoriseAndPlan(ctx, r); err != nil {
		return false, err
	}
	return r.Digest != before, nil
}

// askAgain voids the decision, because what was shown is no longer what would happen, and shows what would.
func (d *Dispatcher) askAgain(ctx context.Context, r calls.Record, actor string) error {
	d.awaitDecision(&r)
	return d.update(ctx, &r, "voided: target changed", actor, d.answer(r, calls.PlanCard(r, true)))
}

// cancel is open to the requester and to whoever could run the call: stopping something is never the dangerous choice.
func (d *Dispatcher) cancel(ctx context.Context, a Action, r calls.Record) error {
	if err := d.mayIntervene(ctx, a, r); err != nil {
		return err
	}
	r.State, r.FinishedAt, r.Outcome = calls.Cancelled, d.Now(), "cancelled"
	return d.update(ctx, &r, "cancelled", a.User, d.answer(r, calls.EndedCard(r, messages.New("call.cancelled", "user", messages.User(a.User)))))
}

// expire ends a call that nobody decided about in time.
func (d *Dispatcher) expire(ctx context.Context, r calls.Record) error {
	r.State, r.FinishedAt, r.Outcome = calls.Expired, d.Now(), "not confirmed in time"
	return d.update(ctx, &r, "expired", r.Source.User, d.answer(r, calls.EndedCard(r, messages.New("call.expired", "after", d.Settings.Expires))))
}

func forbidden(t messages.Text) error { return &k8sops.Error{Code: k8sops.CodeForbidden, Message: t} }

func conflict(t messages.Text) error { return &k8sops.Error{Code: k8sops.CodeConflict, Message: t} }

// AwaitingApproval are the calls that wait for a second person, oldest first.
func (d *Dispatcher) AwaitingApproval(ctx context.Context) ([]calls.Record, error) {
	waiting, err := d.Calls.Unfinished(ctx, calls.Approval)
	if err != nil {
		return nil, storageError(err)
	}
	return waiting, nil
}

// mostReviewed is for how many calls it is asked whether a person may approve them: each costs some access reviews.
const mostReviewed = 20

// ToApprove are the calls that a person may approve as the second one, oldest first. Of a call whose cluster does not answer nobody knows
// whether the person may, so it is not among them.
func (d *Dispatcher) ToApprove(ctx context.Context, user string) ([]calls.Record, error) {
	waiting, err := d.AwaitingApproval(ctx)
	if err != nil {
		return nil, err
	}
	var mine []calls.Record
	for _, r := range waiting[:min(len(waiting), mostReviewed)] {
		if d.Now().After(r.ExpiresAt) {
			continue
		}
		err := d.mayDecide(ctx, Action{User: user}, r)
		switch {
		case err == nil:
			mine = append(mine, r)
		case k8sops.CodeOf(err) == k8sops.CodeForbidden:
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return mine, err
		default:
			d.Log.Info("not known whether a person may approve a call", zap.String("call", r.ID), zap.String("user", user), zap.Error(err))
		}
	}
	return mine, nil
}
