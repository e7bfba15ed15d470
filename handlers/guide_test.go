package handlers_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/handlers/guide"
	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// leverRun is a guided run of the hand-made operations: look, shake, wipe, look.
func (w *fixture) leverRun(change ...func(*runbooks.Run)) *guide.Guide {
	w.t.Helper()
	step := func(name, operation string, danger k8sops.Danger, args k8sops.Args, line string) runbooks.Step {
		return runbooks.Step{
			Name: name, Title: messages.Literal(name), Call: k8sops.Invocation{Operation: operation, Args: args}, Line: line,
			Looks: danger == k8sops.Read, Danger: danger, State: runbooks.Waiting,
		}
	}
	place := w.Clusters.Default()
	r := runbooks.Run{
		Plan: "call-0", Runbook: "emergency outage", User: Lead, Channel: room, Cluster: place.Name, Namespace: place.Namespace, BegunAt: w.Now(),
		Steps: []runbooks.Step{
			step("before", "look", k8sops.Read, nil, "look"), step("shake", "shake", k8sops.Disruptive, k8sops.Args{"to": "5"}, "shake 5"),
			step("wipe", "wipe", k8sops.Destructive, k8sops.Args{"to": "0"}, "wipe 0"), step("after", "look", k8sops.Read, nil, "look"),
		},
	}
	for _, c := range change {
		c(&r)
	}
	_, err := w.store.Runbooks().AddRun(w.t.Context(), r)
	require.NoError(w.t, err)
	g := w.guided()
	w.advances(g)
	return g
}

func TestAGuidedRunGoesFromDecisionToDecision(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	require.Equal(t, []runbooks.StepState{runbooks.Done, runbooks.Waiting, runbooks.Waiting, runbooks.Waiting}, states(w.guidedRun(1)))
	look, err := w.store.Call(t.Context(), "g1-1-1")
	require.NoError(t, err)
	require.Equal(t, []string{"look", "zhaoliu"}, []string{look.Command, look.Identity.User})
	require.Equal(t, "runbook/1", w.outbox.now(messages.Outbound{Key: "call/g1-1-1/answer"}).ReplyTo)
	require.Equal(t, 3, w.level(), "nothing is done that nobody has decided")

	require.Equal(t, calls.Succeeded, w.takes(g, 1, Lead, "Run step 2", "").State)
	require.Equal(t, 5, w.level())
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Admin, "Run step 3", Lead).State)
	require.Equal(t, 0, w.level())
	r := w.guidedRun(1)
	require.True(t, r.IsOver() && r.Shown)
	require.Equal(t, []runbooks.StepState{runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Done}, states(r))
	require.Equal(t, []string{Lead, Lead, Admin, Lead}, []string{r.Steps[0].By, r.Steps[1].By, r.Steps[2].By, r.Steps[3].By}, "a named person for each decision")
	card := w.runCard(1).Card
	require.Equal(t, messages.ToneGood, card.Tone)
	require.Empty(t, card.Actions)
	require.Contains(t, plain(card), "call g1-3-1")
	before := w.outbox.count()
	w.advances(g)
	require.Equal(t, before, w.outbox.count(), "nothing more comes of it")
}

// Who may not run the step is refused as everywhere, and the step waits for whoever may.
func TestAStepThatIsRefusedWaits(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	for _, user := range []string{Viewer, Viewer, Stranger, Stranger} {
		w.press(user, button(t, w.runCard(1), "Run step 2"))
		w.requirePrivate(w.outbox.now(messages.Outbound{Key: "call/" + w.guidedRun(1).CallID(1) + "/answer"}), user)
		w.advances(g)
		require.Equal(t, runbooks.Waiting, w.guidedRun(1).Steps[1].State, user)
	}
	require.Contains(t, plain(w.runCard(1).Card), "was refused")
	require.Equal(t, 3, w.level())
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Admin, "Run step 2", "").State)
	require.Equal(t, runbooks.Done, w.guidedRun(1).Steps[1].State)
}

func TestAStepThatIsNotConfirmedWaits(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	w.press(Lead, button(t, w.runCard(1), "Run step 2"))
	w.press(Lead, button(t, w.outbox.last(), "Cancel"))
	w.advances(g)
	require.Equal(t, runbooks.Waiting, w.guidedRun(1).Steps[1].State)
	require.Contains(t, plain(w.runCard(1).Card), "was cancelled")
	w.press(Lead, button(t, w.runCard(1), "Run step 2"))
	w.clock.pass(time.Hour)
	w.ExpireDue(t.Context())
	w.advances(g)
	require.Equal(t, runbooks.Waiting, w.guidedRun(1).Steps[1].State)
	require.Contains(t, plain(w.runCard(1).Card), "was not confirmed in time")
}

func TestAStepThatFailedIsRetriedOrSkipped(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	w.fake.do(func() { w.fake.fail = map[string]any{"run": errors.New("stuck")} })
	require.Equal(t, calls.Failed, w.takes(g, 1, Lead, "Run step 2", "").State)
	require.Equal(t, runbooks.Failed, w.guidedRun(1).Steps[1].State)
	require.Equal(t, calls.Failed, w.takes(g, 1, Lead, "Retry step 2", "").State)
	w.fake.do(func() { w.fake.fail = nil })
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Lead, "Retry step 2", "").State)
	r := w.guidedRun(1)
	require.Equal(t, runbooks.Done, r.Steps[1].State)
	require.Equal(t, 3, r.Steps[1].Tries)
}

// Only the first of two presses on one button counts, whoever it is of.
func TestAStepIsTakenOnce(t *testing.T) {
	w := newFixture(t)
	w.leverRun()
	run := button(t, w.runCard(1), "Run step 2")
	w.press(Lead, run)
	w.press(Lead, button(t, w.outbox.now(messages.Outbound{Key: "call/g1-2-1/answer"}), "Do it"))
	w.press(Admin, run)
	require.Contains(t, plain(w.outbox.last().Card), "is decided already")
	for _, value := range []string{"", "1", "9/1/0", "1/7/0", "x/y/z", "1/-1/0"} {
		w.press(Lead, messages.Action{Name: runbooks.ActionStep, Value: value})
		w.requirePrivate(w.outbox.last(), Lead)
	}
	_, runs := w.fake.position()
	require.Equal(t, 1, runs)
}

func TestAStepIsSkippedWithAReason(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	skip := button(t, w.runCard(1), "Skip step 2…")
	w.press(Lead, skip)
	require.Len(t, w.forms.opened, 1)
	form := w.forms.opened[0]
	require.Equal(t, "emergency skip", form.Operation.Name)
	require.Equal(t, k8sops.Args{"run": "1", "step": "2"}, form.Known, "only the reason is asked for")

	for line, says := range map[string]string{
		"/emergency skip 1 3 because": "not the next one", "/emergency skip 9 2 because": "no guided run 9", "/emergency skip 1 2": "reason",
	} {
		w.withoutForms()
		w.types(Lead, line)
		require.Contains(t, plain(w.outbox.last().Card), says, line)
	}
	w.types(Viewer, "/emergency skip 1 2 because")
	require.Contains(t, plain(w.outbox.last().Card), "you may not patch levers.test")
	require.Equal(t, runbooks.Waiting, w.guidedRun(1).Steps[1].State)

	w.types(Lead, "/emergency skip 1 2 the lever is fine")
	w.advances(g)
	r := w.guidedRun(1)
	require.Equal(t, []any{runbooks.Skipped, Lead, "the lever is fine"}, []any{r.Steps[1].State, r.Steps[1].By, r.Steps[1].Reason})
	require.Contains(t, plain(w.runCard(1).Card), "the lever is fine")
	button(t, w.runCard(1), "Run step 3")
	require.Equal(t, 3, w.level())
}

func TestWhatIsUnderWayIsNotSkipped(t *testing.T) {
	w := newFixture(t)
	w.leverRun()
	w.press(Lead, button(t, w.runCard(1), "Run step 2"))
	w.types(Lead, "/emergency skip 1 2 too slow")
	require.Contains(t, plain(w.outbox.last().Card), "is under way as call g1-2-1")
}

func TestAGuidedRunIsStopped(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun(func(r *runbooks.Run) { r.User = Admin })
	w.types(Viewer, "/emergency stop 1")
	require.False(t, w.guidedRun(1).IsOver())
	w.types(Lead, "/emergency")
	require.Contains(t, plain(w.outbox.last().Card), "Guided run 1: /emergency outage")
	w.press(Lead, button(t, w.runCard(1), "Run step 2"))
	asked := w.outbox.last()
	w.press(Lead, button(t, w.runCard(1), "Stop the guided run"))
	require.Contains(t, plain(w.outbox.last().Card), "is under way and goes on (call g1-2-1)")
	w.advances(g)
	r := w.guidedRun(1)
	require.True(t, r.Shown)
	require.Equal(t, Lead, r.StoppedBy)
	require.Empty(t, w.runCard(1).Card.Actions)
	w.press(Lead, button(t, asked, "Do it"))
	require.Equal(t, 5, w.level(), "the call that was under way is not the run's to end")
	w.types(Lead, "/emergency stop 1")
	require.Contains(t, plain(w.outbox.last().Card), "Guided run 1 is over")
	w.types(Lead, "/emergency")
	require.Contains(t, plain(w.outbox.last().Card), "No guided run is open here")
}

// Whoever began the run has left the team: nobody looks in their name any more, and others decide.
func TestTheOneWhoBeganItHasLeft(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun(func(r *runbooks.Run) { r.User = Stranger })
	r := w.guidedRun(1)
	require.Equal(t, runbooks.Failed, r.Steps[0].State)
	require.Equal(t, 1, r.Current(), "a look that failed holds nothing up")
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Lead, "Run step 2", "").State)
}

// opsbot is killed after a decision is stored and before its call is: the step waits again, and nothing is done twice.
func TestADecisionWhoseCallWasNotMadeIsAskedAgain(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	_, err := w.store.Runbooks().UpdateRun(t.Context(), w.guidedRun(1).Begin(1, Lead, w.Now()))
	require.NoError(t, err)
	w.advances(g)
	require.Equal(t, runbooks.Running, w.guidedRun(1).Steps[1].State, "the call may be on its way")
	w.clock.pass(time.Minute)
	w.advances(g)
	require.Equal(t, runbooks.Waiting, w.guidedRun(1).Steps[1].State)
	require.Contains(t, plain(w.runCard(1).Card), "was not made")
	require.Equal(t, "g1-2-2", w.takes(g, 1, Lead, "Run step 2", "").ID)
}

// opsbot is killed while the step's call runs: the call is taken up as any other, and the run goes on from what became of it.
func TestAStepWhoseCallWasInterrupted(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	w.press(Lead, button(t, w.runCard(1), "Run step 2"))
	r := w.call(messages.Outbound{Key: "call/g1-2-1/answer"})
	r.State, r.StartedAt, r.Steps = calls.Running, w.Now(), []calls.Step{{Name: "turn", BegunAt: w.Now(), Tries: 1}}
	require.NoError(t, w.store.Update(t.Context(), calls.Change{Record: r}))
	require.NoError(t, w.recover())
	w.advances(g)
	require.Equal(t, runbooks.Running, w.guidedRun(1).Steps[1].State, "a person is asked whether the step was done")
	w.press(Lead, button(t, w.outbox.now(messages.Outbound{Key: "call/g1-2-1/answer"}), "Do it again"))
	w.advances(g)
	require.Equal(t, runbooks.Done, w.guidedRun(1).Steps[1].State)
	_, runs := w.fake.position()
	require.Equal(t, 1, runs)
}

// A look that a stop has cut short is taken again, and not for ever.
func TestALookThatIsCutShortIsTakenAgain(t *testing.T) {
	w := newFixture(t)
	cut := func(r *runbooks.Run) { *r = r.Begin(0, Lead, w.Now().Add(-time.Hour)) }
	w.leverRun(cut)
	r := w.guidedRun(1)
	require.Equal(t, []any{runbooks.Done, 2}, []any{r.Steps[0].State, r.Steps[0].Tries})

	w = newFixture(t)
	w.leverRun(cut, cut, cut)
	require.Equal(t, runbooks.Failed, w.guidedRun(1).Steps[0].State)
}

// watchedOutbox looks, whenever the card of a guided run is put, whether the stored run is over.
type watchedOutbox struct {
	guide.Outbox
	w    *fixture
	over []bool
}

func (o *watchedOutbox) Put(ctx context.Context, m ...messages.Outbound) error {
	o.over = append(o.over, o.w.guidedRun(1).IsOver())
	return o.Outbox.Put(ctx, m...)
}

// Whoever reads the last card and looks finds what the card says.
func TestTheLastCardSaysWhatIsStored(t *testing.T) {
	w := newFixture(t)
	g := w.leverRun()
	watched := &watchedOutbox{Outbox: g.Outbox, w: w}
	g.Outbox = watched
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Lead, "Run step 2", "").State)
	require.False(t, slices.Contains(watched.over, true))
	require.Equal(t, calls.Succeeded, w.takes(g, 1, Admin, "Run step 3", Lead).State)
	require.True(t, watched.over[len(watched.over)-1])
}
