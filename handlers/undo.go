package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// undo handles a press of a finished call's Undo button. The call that takes the other one back goes through the whole
// pipeline: it is the pressing person's, and may need a confirmation like any other.
func (d *Dispatcher) undo(ctx context.Context, a Action) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	original, err := d.undoable(ctx, a.Value, "")
	if err != nil {
		d.refusePress(ctx, a, original, err)
		return
	}
	req := a.request(cmdline.LineOn(d.Catalog, original.Undo, original.Cluster))
	req.Call = original.UndoCall.On(d.Catalog, original.Cluster)
	req.Undoes = original.ID
	d.submit(ctx, req)
}

// undoable is the call with that id, if the call undoing may take it back. ErrConflict means that it is doing so already.
func (d *Dispatcher) undoable(ctx context.Context, id, undoing string) (calls.Record, error) {
	r, err := d.Calls.Call(ctx, id)
	switch {
	case errors.Is(err, calls.ErrNotFound):
		return calls.Record{}, unknownPress()
	case err != nil:
		return calls.Record{}, err
	case r.Undo == "" || r.Answer == nil:
		return r, unknownPress()
	case r.Undoes != "": // older versions offered it
		return r, conflict(messages.New("undo.of_undo", "command", messages.Code("/"+r.Undo)))
	case r.Undone == nil:
		return r, nil
	case r.Undone.Call == undoing:
		return r, calls.ErrConflict
	}
	return r, conflict(messages.New("undo.already", "user", messages.User(r.Undone.User), "command", messages.Code("/"+r.Command)))
}

// offerUndo adds to the answer of a call the offer to take it back or, where it took another one back, what that was.
func (d *Dispatcher) offerUndo(ctx context.Context, r *calls.Record, back *k8sops.Invocation, answer messages.Card) (messages.Card, error) {
	if r.Undoes == "" {
		return r.OfferUndo(d.Catalog, back, answer), nil
	}
	original, err := d.Calls.Call(ctx, r.Undoes)
	switch {
	case errors.Is(err, calls.ErrNotFound):
		return answer, nil
	case err != nil:
		return answer, err
	}
	return calls.TookBack(answer, original), nil
}

// beginTries is how often begin looks again when the call to undo was changed under its hands.
const beginTries = 3

// begin stores that r runs. In the same transaction the call that it undoes becomes undone: the stored version decides
// which of two undos at the same moment is the one.
func (d *Dispatcher) begin(ctx context.Context, r *calls.Record, action, actor string, say ...messages.Outbound) error {
	if r.Undoes == "" {
		return d.update(ctx, r, action, actor, say...)
	}
	var err error
	for range beginTries {
		original, refused := d.undoable(ctx, r.Undoes, r.ID)
		if refused != nil {
			return refused
		}
		original.Undone = &calls.Undone{User: r.Source.User, Call: r.ID}
		undone := d.change(original, "undone", actor, d.answer(original, calls.UndoCard(original)))
		if err = d.updateWith(ctx, r, d.change(*r, action, actor, say...), undone); !errors.Is(err, calls.ErrConflict) {
			return err
		}
	}
	return err
}

// recordFailure stores the end of a call that did not do its work. What it was to undo can be undone again: pressing the button
// once more is safe even where half of the work was done, because it is planned from what is there then.
func (d *Dispatcher) recordFailure(ctx context.Context, r calls.Record, action string, say ...messages.Outbound) error {
	changes := []calls.Change{d.change(r, action, r.Source.User, say...)}
	if r.Undoes != "" {
		original, err := d.Calls.Call(ctx, r.Undoes)
		switch {
		case errors.Is(err, calls.ErrNotFound):
		case err != nil:
			return err
		case original.Undone != nil && original.Undone.Call == r.ID:
			original.Undone = nil
			changes = append(changes, d.change(original, "undo failed", r.Source.User, d.answer(original, calls.UndoCard(original))))
		}
	}
	if r.State != calls.Refused {
		return d.updateWith(ctx, &r, changes...)
	}
	refused := changes[0].Event
	if d.repeats(refused) {
		changes[0].Requested, changes[0].Event = audit.Event{}, audit.Event{}
		return d.updateWith(ctx, &r, changes...)
	}
	err := d.updateWith(ctx, &r, changes...)
	if err != nil {
		d.unwritten(refused)
	}
	return err
}

// checkUndo refuses an undo that comes too late, and makes one ask first where it would also take back what somebody changed after the call that it undoes.
func (d *Dispatcher) checkUndo(ctx context.Context, r *calls.Record) error {
	if r.Undoes == "" {
		return nil
	}
	original, err := d.undoable(ctx, r.Undoes, r.ID)
	if err != nil || r.Plan.NoOp {
		return err
	}
	changed := k8sops.ChangedSince(original.Plan, r.Plan)
	if len(changed) == 0 {
		return nil
	}
	r.Plan.Danger, r.Unattended = max(r.Plan.Danger, k8sops.Disruptive), false
	r.Plan.Warning = append(slices.Clone(r.Plan.Warning), messages.New("undo.changed_since",
		"objects", strings.Join(changed, ", "), "command", messages.Code("/"+original.Command)))
	return nil
}
