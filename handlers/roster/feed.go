package roster

import (
	"context"

	"opsbot/escalation/oncall"
	"opsbot/k8sops"
	"opsbot/messages"
)

// feed is /oncall feed.
type feed struct{ OnCall }

func (o feed) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name: "oncall feed", Summary: messages.New("oncall.op.feed"), Examples: []string{"oncall feed"}, Owners: []k8sops.Role{k8sops.Everyone}, Private: true,
		},
		Answer: o.answer,
	}
}

func (o feed) answer(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
	if o.PublicURL == "" {
		return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("oncall.no_feed"), Hint: messages.New("oncall.no_feed_hint")}
	}
	key, token := oncall.NewFeedKey(call.Source.User, o.Now())
	if err := o.Keys.Store.KeepFeedKey(ctx, key, o.Keys.eventOf(call, "calendar address issued", key)); err != nil {
		return nil, err
	}
	secret := messages.Card{
		Title:  messages.New("oncall.feed_addresses"),
		Footer: []messages.Text{messages.New("oncall.feed_yours")},
	}
	var lines []messages.Text
	for _, role := range oncall.ContactRoles() {
		address := o.PublicURL + "/oncall/" + string(role) + ".ics?token=" + token
		lines = append(lines, messages.New("oncall.feed_address", "role", role.Text(), "address", messages.Code(address)))
	}
	secret.Sections = []messages.Section{{List: lines}}
	return &k8sops.Result{
		Secret:  &secret,
		Card:    messages.Card{Tone: messages.ToneGood, Title: messages.New("oncall.feed_issued")},
		Suggest: []string{"oncall feed revoke"},
	}, nil
}
