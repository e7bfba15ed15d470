package handlers

import (
	"context"
	"errors"
	"slices"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// stop handles a press of Stop.
func (d *Dispatcher) stop(ctx context.Context, a Action) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	r, err := d.pressedCall(ctx, a.Value)
	if err == nil {
		err = d.stopCall(ctx, a, r)
	}
	d.answerPress(ctx, a, r, err)
}

// stopCall is open to the requester and to whoever could run the call: stopping something is never the dangerous choice.
func (d *Dispatcher) stopCall(ctx context.Context, a Action, r calls.Record) error {
	if r.State == calls.Unclear {
		if err := d.mayIntervene(ctx, a, r); err != nil {
			return err
		}
		return d.recordStop(ctx, r, a.User)
	}
	if r.State != calls.Running {
		return conflict(messages.New("stop.over", "command", messages.Code("/"+r.Command), "state", calls.StateText(r.State)))
	}
	if err := d.mayIntervene(ctx, a, r); err != nil {
		return err
	}
	if d.Audit != nil {
		if err := d.Audit.Audit(ctx, event(r, "stop requested", a.User, d.Now())); err != nil {
			return storageError(err)
		}
	}
	if d.runs.cancel(r.ID, &stopRequest{a.User}) {
		return nil
	}
	if err := d.Shared.RequestStop(ctx, r.ID, a.User); err != nil {
		return storageError(err)
	}
	return nil
}

// UnderWay are the calls that run, or whose step waits for a person's word, oldest first.
func (d *Dispatcher) UnderWay(ctx context.Context) ([]calls.Record, error) {
	var all []calls.Record
	for _, state := range []calls.State{calls.Running, calls.Unclear} {
		found, err := d.Calls.Unfinished(ctx, state)
		if err != nil {
			return nil, storageError(err)
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b calls.Record) int { return a.StartedAt.Compare(b.StartedAt) })
	return all, nil
}

// Stop stops a run for a person, as the button does.
func (d *Dispatcher) Stop(ctx context.Context, user, channel string, r calls.Record) error {
	return d.stopCall(ctx, Action{Name: calls.ActionStop, User: user, Channel: channel}, r)
}

// mayIntervene refuses whoever neither made the call nor could have made it.
func (d *Dispatcher) mayIntervene(ctx context.Context, a Action, r calls.Record) error {
	if a.User == r.Source.User {
		return nil
	}
	id, err := d.Identities.Identify(ctx, a.User)
	if err != nil {
		return err
	}
	return d.couldRun(ctx, a, r, id)
}

// recordStop ends a run that a person stopped. What was done stays, is said, and can be undone where it makes sense.
func (d *Dispatcher) recordStop(ctx context.Context, r calls.Record, by string) error {
	r.State, r.FinishedAt, r.Outcome = calls.Cancelled, d.Now(), "stopped"
	card := calls.StoppedCard(r, by)
	if back := d.undoOfPart(r); back != nil {
		card = r.OfferUndo(d.Catalog, back, card)
	}
	if err := d.recordFailure(ctx, r, "stopped", d.answer(r, card)); err != nil {
		return err
	}
	d.recordInIncident(ctx, r, incident.EntryCommand, by, messages.New("incident.command_stopped", "user", messages.User(by), "command", messages.Code("/"+r.Command)))
	return nil
}

// undoOfPart is the call that takes back a run that was stopped, nil where there is none.
func (d *Dispatcher) undoOfPart(r calls.Record) (back *k8sops.Invocation) {
	if r.Plan == nil || len(r.Steps) == 0 {
		return nil
	}
	err := catchPanic("undo "+r.Operation, func() error {
		call, err := d.call(r)
		if err != nil || call.Operation.Undo == nil {
			return err
		}
		back, err = call.Operation.Undo(call, r.Plan)
		return err
	})
	if err != nil {
		d.logCause(r, err)
		return nil
	}
	return back
}

// pressedCall is the call that a press is about.
func (d *Dispatcher) pressedCall(ctx context.Context, id string) (calls.Record, error) {
	r, err := d.Calls.Call(ctx, id)
	if errors.Is(err, calls.ErrNotFound) {
		return r, unknownPress()
	}
	return r, err
}

// answerPress tells the person why a press did nothing. ErrConflict means that another press was faster, and its outcome shows on
// the card.
func (d *Dispatcher) answerPress(ctx context.Context, a Action, r calls.Record, err error) {
	if err != nil && !errors.Is(err, calls.ErrConflict) {
		d.refusePress(ctx, a, r, err)
	}
}
