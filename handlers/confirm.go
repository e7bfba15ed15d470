package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"go.uber.org/zap"

	"opsbot/k8sops"
	"opsbot/messages"
)

// digest binds a decision to the exact call: who asked for what, where, and what the plan says about the state of the
// targets. Target.ResourceVersion is left out on purpose, its Fingerprint is in: see Target.
func digest(r Record) string {
	plan := *r.Plan
	targets := make([]k8sops.Target, len(plan.Targets))
	for i, t := range plan.Targets {
		t.ResourceVersion = ""
		targets[i] = t
	}
	// Encoding structs of strings, numbers and string-keyed maps cannot fail, and is in a fixed order.
	data, _ := json.Marshal([]any{r.Command, r.Cluster, r.Namespace, r.Identity.User, r.Identity.Groups, plan.Danger, plan.Changes, plan.Diff, targets})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// decide handles a press of confirm, approve or cancel on a plan.
func (d *Dispatcher) decide(ctx context.Context, a Action) {
	r, err := d.Calls.Call(ctx, a.Value)
	if err == nil {
		err = d.decideCall(ctx, a, r)
	}
	if err == nil || errors.Is(err, ErrConflict) {
		return // ErrConflict: another press was faster, and its outcome shows on the card
	}
	d.Log.Info("decision refused", zap.String("call", a.Value), zap.String("action", a.Name), zap.String("user", a.User), zap.Error(err))
	req := Request{User: a.User, Channel: a.Channel, ThreadTS: a.ThreadTS, ResponseURL: "", At: d.Now()}
	d.put(ctx, d.private("press/"+a.ID, req, d.localeOf(ctx, a.User), errorCard(r, err)))
}

func (d *Dispatcher) decideCall(ctx context.Context, a Action, r Record) error {
	if r.State != Planned && r.State != Approval {
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("decide.over", "command", messages.Code("/"+r.Command), "state", stateText(r.State))}
	}
	if d.Now().After(r.ExpiresAt) {
		return d.expire(ctx, r)
	}
	if a.Name == ActionCancel {
		return d.cancel(ctx, a, r)
	}
	if err := d.mayDecide(ctx, a, r); err != nil {
		return err
	}
	changed, err := d.planAgain(ctx, &r)
	if err != nil {
		return err
	}
	if changed {
		return d.askAgain(ctx, r, a.User)
	}
	if r.State == Approval {
		r.ApprovedBy = a.User
		d.recordInIncident(ctx, r, messages.New("incident.command_approved", "user", messages.User(a.User), "command", messages.Code("/"+r.Command)))
		return d.start(ctx, r, a.User, "approved")
	}
	return d.start(ctx, r, a.User, "confirmed")
}

// mayDecide: the requester alone confirms; a second person who could have run the call themselves approves.
func (d *Dispatcher) mayDecide(ctx context.Context, a Action, r Record) error {
	if r.State == Planned {
		if a.User != r.Source.User {
			return forbidden(messages.New("decide.not_requester", "user", messages.User(r.Source.User)))
		}
		return nil
	}
	if a.User == r.Source.User {
		return forbidden(messages.New("decide.own_approval", "command", messages.Code("/"+r.Command)))
	}
	approver, err := d.Identities.Identify(ctx, a.User)
	if err != nil {
		return err
	}
	if approver.User == r.Identity.User {
		return forbidden(messages.New("decide.same_identity", "identity", messages.Code(approver.User)))
	}
	approver.Extra = k8sops.Extra(k8sops.Source{User: a.User, Channel: a.Channel, Incident: r.Source.Incident}, r.ID)
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil {
		return err
	}
	client, err := d.Cluster.As(approver)
	if err != nil {
		return err
	}
	return k8sops.Preflight(ctx, client, r.Namespace, op.Access, op.Owners)
}

// planAgain plans from live state, as the requester is mapped today, and tells whether that differs from what was shown.
func (d *Dispatcher) planAgain(ctx context.Context, r *Record) (changed bool, err error) {
	id, err := d.Identities.Identify(ctx, r.Source.User)
	if err != nil {
		return false, err
	}
	before := r.Digest
	id.Extra = r.Identity.Extra
	r.Identity = id
	call, err := d.call(*r)
	if err != nil {
		return false, err
	}
	if err := k8sops.Preflight(ctx, call.Client, call.Namespace, call.Operation.Access, call.Operation.Owners); err != nil {
		return false, err
	}
	if err := d.plan(ctx, call, r); err != nil {
		return false, err
	}
	return r.Digest != before, nil
}

// askAgain voids the decision, because what was shown is no longer what would happen, and shows what would.
func (d *Dispatcher) askAgain(ctx context.Context, r Record, actor string) error {
	r.ExpiresAt = d.Now().Add(d.Settings.Expires)
	r.State = Planned
	if r.Danger >= k8sops.Destructive {
		r.State = Approval
	}
	if err := d.update(ctx, &r, "voided: target changed", actor); err != nil {
		return err
	}
	return d.Outbox.Put(ctx, d.answer(r, planCard(r, true)))
}

// cancel is open to the requester and to whoever could approve: stopping something is never the dangerous choice.
func (d *Dispatcher) cancel(ctx context.Context, a Action, r Record) error {
	if _, err := d.Identities.Identify(ctx, a.User); err != nil {
		return err
	}
	r.State, r.FinishedAt, r.Outcome = Cancelled, d.Now(), "cancelled"
	if err := d.update(ctx, &r, "cancelled", a.User); err != nil {
		return err
	}
	return d.Outbox.Put(ctx, d.answer(r, endedCard(r, messages.New("call.cancelled", "user", messages.User(a.User)))))
}

// expire ends a call that nobody decided about in time.
func (d *Dispatcher) expire(ctx context.Context, r Record) error {
	r.State, r.FinishedAt, r.Outcome = Expired, d.Now(), "not confirmed in time"
	if err := d.update(ctx, &r, "expired", r.Source.User); err != nil {
		return err
	}
	return d.Outbox.Put(ctx, d.answer(r, endedCard(r, messages.New("call.expired", "after", d.Settings.Expires))))
}

func forbidden(t messages.Text) error { return &k8sops.Error{Code: k8sops.CodeForbidden, Message: t} }
