package handlers

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
)

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
