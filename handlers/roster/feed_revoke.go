package roster

import (
	"context"
	"errors"

	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// feedRevoke is /oncall feed revoke.
type feedRevoke struct{ OnCall }

func (o feedRevoke) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name: "oncall feed revoke", Summary: messages.New("oncall.op.feed_revoke"), Examples: []string{"oncall feed revoke"}, Owners: []k8sops.Role{k8sops.Everyone}, Private: true,
		},
		Answer: o.answer,
	}
}

func (o feedRevoke) answer(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
	key, err := o.Keys.Store.FeedKeyOf(ctx, call.Source.User)
	if err == nil {
		err = o.Keys.Store.DropFeedKey(ctx, key.ID, o.Keys.eventOf(call, "calendar address revoked", key))
	}
	if errors.Is(err, incident.ErrNotFound) {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("oncall.feed_none"), Suggest: []string{"oncall feed"}, Cause: err}
	}
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{
		Card:    messages.Card{Tone: messages.ToneGood, Title: messages.New("oncall.feed_revoked")},
		Suggest: []string{"oncall feed"},
	}, nil
}
