package handlers_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

const revealed = "eyJhbGciOiJSUzI1NiJ9.a-token-that-is-shown-once"

// whispers keeps what was shown to one person past the outbox.
type whispers struct {
	said []messages.Outbound
	fail error
}

func (w *whispers) Tell(_ context.Context, m messages.Outbound) error {
	w.said = append(w.said, m)
	return w.fail
}

// issue is a change that shows its requester a token. proven is what its verification finds.
func issue(proven bool) k8sops.Operation {
	type none struct{}
	return k8sops.ChangeSpec[none, none]{
		Meta: k8sops.Meta{
			Name: "issue", Summary: messages.Literal("issue"), Danger: k8sops.Change, Owners: []k8sops.Role{k8sops.System},
			Access: []k8sops.Access{{Verb: "patch", Resource: "levers", Group: "test"}},
		},
		Plan: func(context.Context, *k8sops.Call, none) (*k8sops.Plan, none, error) {
			return &k8sops.Plan{Summary: messages.Literal("Issue a token")}, none{}, nil
		},
		Steps: []k8sops.Step[none, none]{{Name: "make", Resume: k8sops.Again, Do: func(context.Context, *k8sops.Run[none, none]) error { return nil }}},
		Verify: func(context.Context, *k8sops.Run[none, none]) (*k8sops.Verification, error) {
			return &k8sops.Verification{OK: proven, Summary: messages.Literal("issued")}, nil
		},
		Reveal: func(context.Context, *k8sops.Run[none, none]) (*messages.Card, error) {
			return &messages.Card{Title: messages.Literal("Your token"), Sections: []messages.Section{{Code: &messages.Block{Content: revealed}}}}, nil
		},
	}.Operation()
}

// What a change shows once is told to the requester, past everything that is kept.
func TestWhatIsRevealedIsShownToTheRequesterAndKeptNowhere(t *testing.T) {
	w, direct := newFixture(t), &whispers{}
	w.Direct = direct
	w.Catalog = append(w.Catalog, issue(true))
	w.types(Admin, "/issue")
	answer := w.outbox.last()
	require.Equal(t, calls.Succeeded, w.call(answer).State)
	require.Len(t, direct.said, 1)
	require.Equal(t, Admin, direct.said[0].EphemeralTo)
	require.Equal(t, revealed, direct.said[0].Card.Sections[0].Code.Content)
	w.requireNowhere(t, revealed, answer)
	require.NoError(t, w.store.Close())
	w.requireNotOnDisk(t, revealed, "/issue")
}

// requireNotOnDisk looks for a secret in the files of the database, in which something else is found.
func (w *fixture) requireNotOnDisk(t *testing.T, secret, known string) {
	t.Helper()
	files, err := filepath.Glob(strings.TrimPrefix(w.url, "sqlite://") + "*")
	require.NoError(t, err)
	var all strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		all.Write(data)
	}
	require.Contains(t, all.String(), strings.TrimPrefix(known, "/"))
	require.NotContains(t, all.String(), secret)
}

func TestWhatCannotBeShownIsSaid(t *testing.T) {
	w, direct := newFixture(t), &whispers{fail: errors.New("slack is away")}
	w.Direct = direct
	w.Catalog = append(w.Catalog, issue(true))
	w.types(Admin, "/issue")
	answer := w.outbox.last()
	require.Equal(t, calls.Failed, w.call(answer).State)
	require.Contains(t, plain(answer.Card), printer().Text(messages.New("call.secret_not_shown")))
	w.requireNowhere(t, revealed, answer)
}

func TestWhatIsNotProvenRevealsNothing(t *testing.T) {
	w, direct := newFixture(t), &whispers{}
	w.Direct = direct
	w.Catalog = append(w.Catalog, issue(false))
	w.types(Admin, "/issue")
	require.Empty(t, direct.said)
}
