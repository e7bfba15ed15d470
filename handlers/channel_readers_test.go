package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
)

// viewers lets the fixture ask what a channel may read; its API server says what a viewer may.
func (w *fixture) viewers(trusted string, may func(authorizationv1.ResourceAttributes) bool) {
	w.api.grant("opsbot:observer", may)
	w.Readers = &handlers.ChannelReaders{
		Viewer:    k8sops.Identity{User: "opsbot:observer", Groups: []string{k8sops.ViewerGroup}},
		IsTrusted: func(_ context.Context, channel string) bool { return channel == trusted },
	}
}

func TestAChannelReadsWhatAViewerMayRead(t *testing.T) {
	w := newFixture(t)
	w.viewers("", func(a authorizationv1.ResourceAttributes) bool { return a.Verb == "list" })
	w.types(Admin, "/look")
	m := w.outbox.last()
	require.True(t, m.Withheld.IsZero())
	require.Equal(t, room, m.Channel)
	require.Empty(t, m.EphemeralTo)
}

func TestWhatAViewerMayNotReadIsForThePersonAlone(t *testing.T) {
	w := newFixture(t)
	w.viewers("", nothing)
	w.types(Admin, "/look")
	m := w.outbox.last()
	require.Equal(t, "call.withheld", m.Withheld.ID)
	require.Equal(t, Admin, m.Requester)
	require.Equal(t, "zh-CN", m.Locale, "in the person's language")
	require.Equal(t, calls.Succeeded, w.call(m).State)
	require.False(t, w.call(m).Withheld.IsZero(), "whoever takes the call over knows")

	asked := len(w.api.impersonated("opsbot:observer"))
	w.types(Admin, "/look")
	require.Len(t, w.api.impersonated("opsbot:observer"), asked, "the verdict is used for a minute")
	w.clock.pass(time.Minute)
	w.viewersMay(func(authorizationv1.ResourceAttributes) bool { return true })
	w.types(Admin, "/look")
	require.True(t, w.outbox.last().Withheld.IsZero())
}

func (w *fixture) viewersMay(may func(authorizationv1.ResourceAttributes) bool) {
	w.api.grant("opsbot:observer", may)
}

func TestATrustedChannelReadsEverything(t *testing.T) {
	w := newFixture(t)
	w.viewers(room, nothing)
	w.types(Admin, "/look")
	require.True(t, w.outbox.last().Withheld.IsZero())
	require.Empty(t, w.api.impersonated("opsbot:observer"))
}

// Others must see a change, and may have to approve or stop it.
func TestChangesAreShownWhereTheyAreMade(t *testing.T) {
	w := newFixture(t)
	w.viewers("", nothing)
	w.types(Admin, "/turn 5")
	m := w.outbox.last()
	require.True(t, m.Withheld.IsZero())
	require.Equal(t, room, m.Channel)
}

func TestNobodyElseReadsDirectMessages(t *testing.T) {
	w := newFixture(t)
	w.viewers("", nothing)
	w.Mention(t.Context(), handlers.Mention{ID: "m1", Text: "look", User: Admin, Channel: "D0ADMIN", TS: "1.1", At: w.Now()})
	w.settle()
	require.True(t, w.outbox.last().Withheld.IsZero())
	require.Empty(t, w.api.impersonated("opsbot:observer"))
}
