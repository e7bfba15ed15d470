package handlers_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// did is the finished answer to a line that runs at once.
func (w *fixture) did(user, line string) messages.Outbound {
	w.t.Helper()
	w.types(user, line)
	m := w.outbox.last()
	require.NotEmpty(w.t, w.call(m).Undo, "can be undone:\n%s", plain(m.Card))
	return m
}

func (w *fixture) requireUndone(m messages.Outbound, by string) {
	w.t.Helper()
	card := w.outbox.now(m).Card
	require.Contains(w.t, plain(card), "Undone by @"+by+" with /"+w.call(m).Undo)
	for _, a := range card.Actions {
		require.NotEqual(w.t, calls.ActionUndo, a.Name)
	}
	require.Equal(w.t, by, w.call(m).Undone.User)
}

func TestUndoGoesThroughTheWholePipeline(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	w.press(Lead, button(t, m, "Do it"))
	undo := button(t, w.outbox.now(m), "Undo: /shake 3")
	require.Equal(t, "shake 3", w.call(m).Undo)

	w.press(Viewer, undo)
	w.requirePrivate(w.outbox.last(), Viewer)
	w.press(Lead, undo)
	question := w.outbox.last()
	require.Equal(t, calls.Planned, w.call(question).State, "undoing is as disruptive as doing")
	require.Equal(t, "100.1", question.ThreadTS)
	require.NotContains(t, plain(question.Card), "changed again")
	button(t, w.outbox.now(m), "Undo: /shake 3")
	w.press(Lead, button(t, question, "Do it"))
	at, _ := w.fake.position()
	require.Equal(t, 3, at)
	w.requireUndone(m, Lead)
}

func TestUndoWorksOnceHoursLater(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	undo := button(t, m, "Undo: /turn 3")
	w.press(Admin, undo)
	w.requireUndone(m, Admin)
	took := w.outbox.last()
	require.Equal(t, w.call(m).ID, w.call(took).Undoes)
	require.Equal(t, w.call(took).ID, w.call(m).Undone.Call)
	require.Equal(t, []string{"requested", "started", "succeeded", "requested", "started", "undone", "succeeded"}, w.audited())

	w.clock.pass(5 * time.Hour)
	w.types(Lead, "/turn 8")
	w.press(Lead, undo)
	w.requirePrivate(w.outbox.last(), Lead)
	require.Contains(t, plain(w.outbox.last().Card), "/turn 5 was already undone by @"+Admin)
	at, runs := w.fake.position()
	require.Equal(t, []int{8, 3}, []int{at, runs})
}

// requireNoUndo makes sure that the answer does not offer to take anything back.
func (w *fixture) requireNoUndo(m messages.Outbound) {
	w.t.Helper()
	for _, a := range w.outbox.now(m).Card.Actions {
		require.NotEqual(w.t, calls.ActionUndo, a.Name)
		require.NotEqual(w.t, "turn 5", a.Value)
	}
	require.Empty(w.t, w.call(m).Undo)
}

func TestAnUndoSaysWhatItTookBackAndOffersNoUndo(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	w.press(Admin, button(t, m, "Undo: /turn 3"))
	took := w.outbox.last()
	w.requireNoUndo(took)
	require.Contains(t, plain(took.Card), "This took back /turn 5, which @"+Lead+" ran.")
	require.Contains(t, plain(took.Card), "to have the change again, run /turn 5")
	w.requireUndone(m, Admin)

	w.did(Lead, "/turn 5") // as it says
	at, _ := w.fake.position()
	require.Equal(t, 5, at)
	w.requireUndone(m, Admin)
}

// Cards of older versions still have the button.
func TestAnUndoIsNotUndoneByAnOldButton(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	w.press(Lead, button(t, m, "Undo: /turn 3"))
	took := w.call(w.outbox.last())
	took.Undo, took.UndoCall, took.Answer = "turn 5", &k8sops.Invocation{Operation: "turn", Args: k8sops.Args{"to": "5"}}, &messages.Card{}
	require.NoError(t, w.Calls.Update(t.Context(), calls.Change{Record: took}))
	w.press(Lead, messages.Action{Name: calls.ActionUndo, Value: took.ID})
	w.requirePrivate(w.outbox.last(), Lead)
	require.Contains(t, plain(w.outbox.last().Card), "That call was an undo")
	require.Contains(t, plain(w.outbox.last().Card), "run /turn 5")
	at, runs := w.fake.position()
	require.Equal(t, []int{3, 2}, []int{at, runs})
}

// meetingUpdates holds the first beginning of an undo back until the second wants to begin too: both found the call not undone.
type meetingUpdates struct {
	calls.Store
	both chan struct{}
	came atomic.Int32
}

func (m *meetingUpdates) Update(ctx context.Context, changes ...calls.Change) error {
	if len(changes) > 1 {
		if m.came.Add(1) == 2 {
			close(m.both)
		}
		select {
		case <-m.both:
		case <-ctx.Done():
		}
	}
	return m.Store.Update(ctx, changes...)
}

func TestOfTwoUndosAtTheSameMomentOneIsTheOne(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	undo := button(t, m, "Undo: /turn 3")
	w.Calls = &meetingUpdates{Store: w.Calls, both: make(chan struct{})}
	var presses sync.WaitGroup
	for _, who := range []string{Lead, Admin} {
		press := w.pressed(who, undo)
		presses.Go(func() { w.Action(t.Context(), press) })
	}
	presses.Wait()
	w.settle()
	at, runs := w.fake.position()
	require.Equal(t, []int{3, 2}, []int{at, runs})
	w.requireUndone(m, w.call(m).Undone.User)
	refusals := 0
	for _, said := range w.outbox.order {
		if said.EphemeralTo != "" {
			refusals++
			require.NotEqual(t, w.call(m).Undone.User, said.EphemeralTo)
			require.Contains(t, plain(said.Card), "already undone by @"+w.call(m).Undone.User)
		}
	}
	require.Equal(t, 1, refusals)
}

func TestAnUndoThatDidNotHappenCanBePressedAgain(t *testing.T) {
	cancelled := func(w *fixture, undo messages.Action) {
		w.fake.do(func() { w.fake.raise = k8sops.Disruptive })
		w.press(Lead, undo)
		w.press(Lead, button(w.t, w.outbox.last(), "Cancel"))
		w.fake.do(func() { w.fake.raise = k8sops.Read })
	}
	fails := func(step string) func(*fixture, messages.Action) {
		return func(w *fixture, undo messages.Action) {
			w.fake.breaks(step, &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.Literal("it moved")})
			w.press(Lead, undo)
			w.fake.breaks("nothing", nil)
		}
	}
	for name, happens := range map[string]func(*fixture, messages.Action){
		"refused by the gate": func(w *fixture, undo messages.Action) { w.press(Viewer, undo) },
		"cancelled":           cancelled,
		"plan fails":          fails("plan"),
		"run fails":           fails("run"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			m := w.did(Lead, "/turn 5")
			happens(w, button(t, m, "Undo: /turn 3"))
			require.Nil(t, w.call(m).Undone)
			w.press(Admin, button(t, w.outbox.now(m), "Undo: /turn 3"))
			at, _ := w.fake.position()
			require.Equal(t, 3, at)
			w.requireUndone(m, Admin)
		})
	}
}

func TestAnUndoThatDidNotTakeIsAnUndoStill(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	w.fake.breaks("verify", errors.New("the API server is gone"))
	w.press(Lead, button(t, m, "Undo: /turn 3"))
	w.requireUndone(m, Lead)
	w.requireNoUndo(w.outbox.last())
}

func TestKilledWhileAnUndoRan(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	running, release := make(chan struct{}), make(chan struct{})
	w.fake.do(func() { w.fake.during = func() { close(running); <-release } })
	w.Action(t.Context(), w.pressed(Lead, button(t, m, "Undo: /turn 3")))
	<-running
	w.requireUndone(m, Lead)

	require.NoError(t, w.recover(), "as the next start does")
	question := w.outbox.last()
	require.Contains(t, plain(question.Card), "cannot know whether the step “turn” was done")
	w.requireUndone(m, Lead)
	w.Action(t.Context(), w.pressed(Lead, button(t, question, "Stop here")))
	require.Nil(t, w.call(m).Undone, "it may be half done: pressing again plans from what is there")
	button(t, w.outbox.now(m), "Undo: /turn 3")
	close(release)
	w.settle()
	require.Nil(t, w.call(m).Undone, "whoever lost the run says nothing any more")
}

func TestAnUndoDoesNotSilentlyOverrideWhatCameLater(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	w.types(Admin, "/turn 9")
	w.press(Lead, button(t, m, "Undo: /turn 3"))
	question := w.outbox.last()
	require.Equal(t, calls.Planned, w.call(question).State)
	require.Contains(t, plain(question.Card), "lever changed again after /turn 5 ran. Undoing it now reverts that change too.")
	require.Contains(t, plain(question.Card), "9", "what is now")
	at, _ := w.fake.position()
	require.Equal(t, 9, at)
	button(t, w.outbox.now(m), "Undo: /turn 3")

	w.press(Lead, button(t, question, "Do it"))
	at, _ = w.fake.position()
	require.Equal(t, 3, at)
	w.requireUndone(m, Lead)
}

func TestTheSecondOfTwoConfirmedUndosIsTooLate(t *testing.T) {
	w := newFixture(t)
	m := w.did(Lead, "/turn 5")
	w.types(Admin, "/turn 9")
	undo := button(t, m, "Undo: /turn 3")
	var questions []messages.Outbound
	for _, who := range []string{Lead, Admin} {
		w.press(who, undo)
		questions = append(questions, w.outbox.last())
	}
	w.press(Lead, button(t, questions[0], "Do it"))
	w.types(Lead, "/turn 9")
	w.press(Admin, button(t, questions[1], "Do it"))
	w.requirePrivate(w.outbox.last(), Admin)
	require.Contains(t, plain(w.outbox.last().Card), "/turn 5 was already undone by @"+Lead)
	at, _ := w.fake.position()
	require.Equal(t, 9, at)
}

func TestWhatWasHalfDoneIsUndoneOnce(t *testing.T) {
	w := newFixture(t)
	w.fake.do(func() { w.fake.during = func() { w.fake.do(func() { w.fake.at = 5 }) } })
	w.fake.breaks("run", &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.Literal("half done"), Undo: &k8sops.Invocation{Operation: "turn", Args: k8sops.Args{"to": "3"}}})
	w.types(Lead, "/turn 5")
	m := w.outbox.last()
	require.Equal(t, calls.Failed, w.call(m).State)
	w.fake.breaks("nothing", nil)
	w.press(Lead, button(t, m, "Undo: /turn 3"))
	w.requireUndone(m, Lead)
	require.Contains(t, plain(w.outbox.now(m).Card), "half done")
	at, _ := w.fake.position()
	require.Equal(t, 3, at)
}

func TestAnUndoOfACallThatNobodyKnows(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/look")
	for _, id := range []string{"", "call-unknown", w.call(w.outbox.last()).ID} {
		w.press(Lead, messages.Action{Name: calls.ActionUndo, Value: id})
		require.Contains(t, plain(w.outbox.last().Card), "This button is from an older version")
	}
}
