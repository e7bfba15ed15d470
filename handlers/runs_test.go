package handlers_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

func TestNothingToDo(t *testing.T) {
	w := newFixture(t)
	for _, line := range []string{"/turn 3", "/shake 3", "/wipe 3"} {
		w.types(Lead, line)
		m := w.outbox.last()
		require.Contains(t, plain(m.Card), "Everything is already as requested; nothing was changed.")
		require.Empty(t, m.Card.Actions)
		require.Equal(t, calls.Succeeded, w.call(m).State)
	}
	_, runs := w.fake.position()
	require.Zero(t, runs)
}

func TestAChangeThatDoesNotTakeIsAFailure(t *testing.T) {
	w := newFixture(t)
	number, _ := w.fires("g")
	w.fake.proven = false
	w.types(Lead, "/turn 5")
	m := w.outbox.last()
	require.Equal(t, calls.Failed, w.call(m).State)
	require.Equal(t, messages.ToneBad, m.Card.Tone)
	require.Contains(t, plain(m.Card), "the lever slipped")
	button(t, m, "/look")
	button(t, m, "Undo: /turn 3")
	require.Equal(t, "failed", w.audited()[2])
	require.Contains(t, w.timeline(number), "@"+Lead+" ran /turn 5: it failed")
}

func TestAChangeWhoseProofFailsIsNotHushedUp(t *testing.T) {
	for name, cause := range map[string]any{
		"cluster gone": &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.Literal("the API server is gone")}, "panic": "index out of range",
	} {
		w := newFixture(t)
		w.fake.breaks("verify", cause)
		w.types(Lead, "/turn 5")
		m := w.outbox.last()
		require.Equal(t, calls.Failed, w.call(m).State, name)
		require.Equal(t, messages.ToneBad, m.Card.Tone)
		require.Contains(t, plain(m.Card), "It ran, but could not be verified: ")
		require.NotContains(t, plain(m.Card), "index out of range")
		button(t, m, "Undo: /turn 3")
	}
}

func TestABrokenOperationIsItsCallsFailure(t *testing.T) {
	for name, c := range map[string]struct {
		step  string
		cause any
		state calls.State
	}{
		"plan panics":       {"plan", "nil map", calls.Refused},
		"plan fails":        {"plan", errors.New("x"), calls.Refused},
		"run panics":        {"run", errors.New("boom"), calls.Failed},
		"run is refused":    {"run", &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.Literal("it moved")}, calls.Failed},
		"undo panics":       {"undo", "no state", calls.Failed},
		"undo panics again": {"undo", errors.New("no state"), calls.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			w.fake.breaks(c.step, c.cause)
			w.types(Lead, "/turn 5")
			require.Equal(t, c.state, w.call(w.outbox.last()).State)
			w.fake.breaks("nothing", nil)
			w.types(Lead, "/turn 6")
			require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State, "opsbot goes on")
		})
	}
}

func TestAPanicInAReadIsToldToTheOperatorOnly(t *testing.T) {
	w := newFixture(t)
	w.fake.breaks("look", "token hunter2")
	w.types(Viewer, "/look")
	m := w.outbox.last()
	require.Contains(t, plain(m.Card), "Ask the operator to look for call "+w.call(m).ID)
	logged := w.logs.FilterMessage("call failed").All()
	require.Len(t, logged, 1)
	require.Contains(t, logged[0].ContextMap()["error"], "fake_operations_test.go", "with the stack")
}

func TestTheRecordSaysHowLongTheRunTookNotTheWaiting(t *testing.T) {
	w := newFixture(t)
	number, _ := w.fires("g")
	m := w.plan(Lead, "/shake 5")
	w.clock.pass(9 * time.Minute)
	w.fake.do(func() { w.fake.during = func() { w.clock.pass(4 * time.Second) } })
	w.press(Lead, button(t, m, "Do it"))
	require.Contains(t, w.timeline(number), "ran /shake 5 (4s)")
	require.Contains(t, plain(w.outbox.now(m).Card), "took 4s")
}

func TestARunOutlivesTheRequestThatStartedIt(t *testing.T) {
	w := newFixture(t)
	running, release := make(chan struct{}), make(chan struct{})
	w.fake.do(func() { w.fake.during = func() { close(running); <-release } })
	ctx, hangUp := contextOf(t)
	w.Command(ctx, handlers.Command{ID: "1", Name: "/turn", Text: "5", User: Lead, Channel: room, At: w.Now()})
	<-running
	hangUp()
	close(release)
	w.settle()
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State)
}

func TestClosingGivesUpOnARunThatHangs(t *testing.T) {
	w := newFixture(t)
	running, release := make(chan struct{}), make(chan struct{})
	w.fake.do(func() { w.fake.during = func() { close(running); <-release } })
	w.Command(t.Context(), handlers.Command{ID: "1", Name: "/turn", Text: "5", User: Lead, Channel: room, At: w.Now()})
	<-running
	ctx, cancel := contextOf(t)
	cancel()
	require.Error(t, w.Close(ctx))
	close(release)
}

func TestTheAnswerToAFormIsADirectMessageInThePersonsLanguage(t *testing.T) {
	w := newFixture(t)
	w.Submit(t.Context(), handlers.Submission{ID: "s1", CallbackID: handlers.CallbackRun, Metadata: "turn", User: Admin, Values: map[string]string{"to": "5"}, At: w.Now()})
	w.settle()
	m := w.outbox.last()
	require.Equal(t, Admin, m.Channel)
	require.Equal(t, "zh-CN", m.Locale)
	require.Empty(t, m.EphemeralTo)
}
