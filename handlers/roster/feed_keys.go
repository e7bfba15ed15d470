package roster

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/k8sops"
)

// FeedKeys are the keys of people to the calendars of who is on call: they are given out, taken back, and end with the person's
// identity.
type FeedKeys struct {
	Store      FeedKeyStore
	Identities handlers.Identifier
	Now        func() time.Time
	Log        *zap.Logger
}

// FeedKeyStore keeps the keys, each change together with its audit event. What is not there is incident.ErrNotFound.
type FeedKeyStore interface {
	// KeepFeedKey puts the key in the place of an older one of the same person.
	KeepFeedKey(ctx context.Context, k oncall.FeedKey, event audit.Event) error
	DropFeedKey(ctx context.Context, id string, event audit.Event) error
	FeedKey(ctx context.Context, id string) (oncall.FeedKey, error)
	FeedKeyOf(ctx context.Context, slackUser string) (oncall.FeedKey, error)
}

// Open tells whether a token opens the calendars now: it is that of a person's key, and opsbot still knows the person.
func (f *FeedKeys) Open(ctx context.Context, token string) (bool, error) {
	id := oncall.FeedKeyID(token)
	if id == "" {
		return false, nil
	}
	key, err := f.Store.FeedKey(ctx, id)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return false, err
	}
	if !key.Opens(token) {
		return false, nil
	}
	return f.isHeld(ctx, key)
}

// isHeld tells whether the person of a key is still somebody for opsbot, and takes the key away where not.
func (f *FeedKeys) isHeld(ctx context.Context, key oncall.FeedKey) (bool, error) {
	_, err := f.Identities.Identify(ctx, key.User)
	if k8sops.CodeOf(err) != k8sops.CodeForbidden {
		return err == nil, err
	}
	event := f.event("calendar address ended", key)
	event.Actor, event.Details["reason"] = "opsbot", "the person is not known to opsbot any more"
	if err := f.Store.DropFeedKey(ctx, key.ID, event); err != nil && !errors.Is(err, incident.ErrNotFound) {
		return false, err
	}
	f.Log.Info("calendar address ended: its person is not known any more", zap.String("user", key.User), zap.String("feed", key.ID))
	return false, nil
}

// PersonChanged takes the key away from somebody who has left.
func (f *FeedKeys) PersonChanged(ctx context.Context, slackUser string) {
	key, err := f.Store.FeedKeyOf(ctx, slackUser)
	if err == nil {
		_, err = f.isHeld(ctx, key)
	}
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		f.Log.Warn("calendar address not looked at; it is when it is used", zap.String("user", slackUser), zap.Error(err))
	}
}

func (f *FeedKeys) event(action string, key oncall.FeedKey) audit.Event {
	return audit.Event{At: f.Now().UTC(), Action: action, Actor: key.User, Details: map[string]string{"feed": key.ID, "person": key.User}}
}

// eventOf is event for what a person has asked for.
func (f *FeedKeys) eventOf(call *k8sops.Call, action string, key oncall.FeedKey) audit.Event {
	event := f.event(action, key)
	event.Call, event.User, event.Command = call.ID, call.Identity.User, k8sops.Canonical(call.Operation, call.Args)
	event.Cluster, event.Namespace = call.Cluster, call.Namespace
	return event
}
