package identity

import (
	"context"
	"fmt"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Pins remembers the Slack user that an e-mail address belonged to when it was first seen, for ever.
type Pins interface {
	// Pin makes slackUser the one of the address, unless there is one already, and returns whose it is.
	Pin(ctx context.Context, email, slackUser string) (owner string, err error)
}

// Move is an e-mail address that a Slack user has which belonged to another one.
type Move struct {
	Email    string
	Owner    string // Slack user id
	Claimant string // Slack user id
}

// pinned refuses a person who has the e-mail address of somebody else's rows now. A row that names the Slack user settles it.
func (m *Identities) pinned(ctx context.Context, slackUser, email string) error {
	if m.Pins == nil {
		return nil
	}
	email = LowerASCII(email)
	owner, err := m.Pins.Pin(ctx, email, slackUser)
	if err != nil {
		return &k8sops.Error{
			Code: k8sops.CodeUnavailable, Message: messages.New("error.storage"), Hint: messages.New("error.storage_hint"),
			Cause: fmt.Errorf("look up whose e-mail address %s has: %w", slackUser, err),
		}
	}
	if owner == slackUser {
		return nil
	}
	if m.Moved != nil {
		m.Moved(ctx, Move{Email: email, Owner: owner, Claimant: slackUser})
	}
	return &k8sops.Error{
		Code:    k8sops.CodeForbidden,
		Message: messages.New("identity.moved", "user", messages.User(slackUser), "owner", messages.User(owner)),
		Hint:    messages.New("identity.moved_hint"),
	}
}
