package handlers

import (
	"context"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// checkFreeze asks for a second person where a change falls into a freeze. What was promised to be put back is put back, because
// leaving it would be the surprise, and what was done in the same freeze may be taken back by whoever sees that it was wrong.
func (d *Dispatcher) checkFreeze(ctx context.Context, op *k8sops.Operation, r *calls.Record) error {
	span, frozen := d.Freezes.At(d.Now(), r.Cluster)
	if !frozen || op.FreezeExempt || r.Plan.NoOp {
		return nil
	}
	if r.Undoes != "" {
		original, err := d.undoable(ctx, r.Undoes, r.ID)
		if err != nil {
			return err
		}
		if r.Schedule != 0 || !original.StartedAt.Before(span.From) {
			return nil
		}
	}
	r.Plan.Raise(k8sops.Destructive, messages.New("plan.frozen", "freeze", span.Name, "until", messages.Date(span.Until)))
	return nil
}
