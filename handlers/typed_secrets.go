package handlers

import (
	"sync"

	"opsbot/k8sops"
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
