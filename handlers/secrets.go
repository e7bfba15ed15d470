package handlers

import (
	"context"
	"sync"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// typedSecrets are the secrets that were typed into forms, by call. They are kept in memory until their call is over, and nowhere
// else: after a restart a call that still needs one fails before it has changed anything.
type typedSecrets struct {
	mu    sync.Mutex
	calls map[string]k8sops.Secrets
}

func (t *typedSecrets) keep(call string, secrets k8sops.Secrets) {
	if len(secrets) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls == nil {
		t.calls = map[string]k8sops.Secrets{}
	}
	t.calls[call] = secrets
}

func (t *typedSecrets) of(call string) k8sops.Secrets {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls[call]
}

func (t *typedSecrets) forget(call string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.calls, call)
}

// showSecret shows a card to the requester alone. It goes past the outbox, which keeps what it sends, and hides what is secret in it.
func (d *Dispatcher) showSecret(ctx context.Context, r calls.Record, card messages.Card) error {
	req := Request{User: r.Source.User, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS, ResponseURL: r.ResponseURL, At: r.CreatedAt}
	m := d.private(answerKey(r.ID), req, r.Locale, card)
	m.EphemeralTo = r.Source.User
	if err := d.Direct.Tell(ctx, m); err != nil {
		return &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("call.secret_not_shown"), Hint: messages.New("call.secret_not_shown_hint"), Cause: err}
	}
	return nil
}

// reveal shows the requester of a proven change what nobody else may see. Where that fails, the change is there and the secret is not.
func (d *Dispatcher) reveal(ctx context.Context, call *k8sops.Call, r calls.Record, proven *k8sops.Verification) *k8sops.Verification {
	err := catchPanic("reveal of "+call.Operation.Name, func() error {
		card, err := call.Operation.Reveal(ctx, call, r.Plan)
		if err != nil || card == nil {
			return err
		}
		return d.showSecret(ctx, r, *card)
	})
	if err == nil {
		return proven
	}
	d.logCause(r, err)
	return &k8sops.Verification{Summary: calls.ErrorText(r, err)}
}
