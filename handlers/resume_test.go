package handlers_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/store"
)

// steppedOperation is an operation of three steps, of which the second must not be done twice. A story holds it up in one of them.
type steppedOperation struct {
	done    []string
	resumed []bool
	at      string // the step that holds up
	reached chan struct{}
	release chan struct{}
}

func newSteppedOperation(at string) *steppedOperation {
	return &steppedOperation{at: at, reached: make(chan struct{}, 1), release: make(chan struct{})}
}

type steppedState struct{ Seen []string }

func (l *steppedOperation) operation() k8sops.Operation {
	step := func(name string, resume k8sops.Resume) k8sops.Step[struct{}, steppedState] {
		return k8sops.Step[struct{}, steppedState]{Name: name, Resume: resume, Do: func(ctx context.Context, r *k8sops.Run[struct{}, steppedState]) error {
			if name == l.at {
				l.reached <- struct{}{}
				select {
				case <-l.release:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			l.done, l.resumed = append(l.done, name), append(l.resumed, r.Resumed)
			r.State.Seen = append(r.State.Seen, name)
			return nil
		}}
	}
	return k8sops.ChangeSpec[struct{}, steppedState]{
		Meta: k8sops.Meta{Name: "climb", Summary: messages.Literal("climb"), Danger: k8sops.Change, Owners: []k8sops.Role{k8sops.System}},
		Plan: func(context.Context, *k8sops.Call, struct{}) (*k8sops.Plan, steppedState, error) {
			return &k8sops.Plan{Summary: messages.Literal("Climb"), Danger: k8sops.Change}, steppedState{Seen: []string{"plan"}}, nil
		},
		Steps: []k8sops.Step[struct{}, steppedState]{step("one", k8sops.Again), step("two", k8sops.AskPerson), step("three", k8sops.Again)},
		Verify: func(_ context.Context, r *k8sops.Run[struct{}, steppedState]) (*k8sops.Verification, error) {
			return &k8sops.Verification{OK: true, Summary: messages.Literal("seen: " + strings.Join(r.State.Seen, " "))}, nil
		},
	}.Operation()
}

// climbing starts /climb in a fixture of its own and waits until it is held up.
func climbing(t *testing.T, l *steppedOperation) *fixture {
	t.Helper()
	w := newFixture(t)
	w.Catalog = append(slices.Clone(w.Catalog), l.operation())
	w.Command(t.Context(), handlers.Command{ID: "climb", Name: "/climb", User: Admin, Channel: room, At: w.Now()})
	<-l.reached
	return w
}

// restarted is the fixture after opsbot was killed: a new Dispatcher on the same store. The operation holds up nobody any more.
func restarted(t *testing.T, w *fixture, l *steppedOperation) *fixture {
	t.Helper()
	w.HandOver()
	w.settle()
	require.NoError(t, w.store.Close())
	next := newFixtureAt(t, w.url, w.api)
	l.at = ""
	next.Catalog = append(slices.Clone(next.Catalog), l.operation())
	require.NoError(t, next.recover())
	return next
}

func (w *fixture) steps() (names []string) {
	for _, e := range w.audit() {
		if name, ok := strings.CutPrefix(e.Action, "step done: "); ok {
			names = append(names, name)
		}
	}
	return names
}

func TestAStepThatMayBeDoneAgainGoesOnByItself(t *testing.T) {
	l := newSteppedOperation("three")
	w := restarted(t, climbing(t, l), l)
	w.settle()
	require.Equal(t, []string{"one", "two", "three"}, l.done, "what was done is not done again")
	require.Equal(t, []bool{false, false, true}, l.resumed)
	m := w.outbox.last()
	require.Equal(t, calls.Succeeded, w.call(m).State)
	require.Contains(t, plain(m.Card), "seen: plan one two three", "the state went along")
	require.Equal(t, []string{"one", "two", "three"}, w.steps())
	require.Contains(t, w.audited(), "resumed")
	require.Equal(t, 2, w.call(m).Steps[2].Tries)
}

func TestAStepThatMustNotBeDoneTwiceIsAskedAbout(t *testing.T) {
	for label, want := range map[string][]string{"It was done, go on": {"one", "three"}, "Do it again": {"one", "two", "three"}, "Stop here": {"one"}} {
		t.Run(label, func(t *testing.T) {
			l := newSteppedOperation("two")
			w := restarted(t, climbing(t, l), l)
			question := w.outbox.last()
			require.Equal(t, calls.Unclear, w.call(question).State)
			require.Contains(t, plain(question.Card), "cannot know whether the step “two” was done")
			require.Equal(t, []string{"one"}, l.done)
			require.NoError(t, w.recover())
			require.Equal(t, question.Key, w.outbox.last().Key, "asked once")

			press := button(t, question, label)
			w.press(Stranger, press)
			require.Equal(t, calls.Unclear, w.call(question).State, "who could not run it does not decide")
			w.press(Admin, press)
			require.Equal(t, want, l.done)
			w.press(Admin, press)
			require.Equal(t, want, l.done, "a second press does nothing")
			if label == "Stop here" {
				require.Equal(t, calls.Cancelled, w.call(question).State)
				require.Contains(t, plain(w.outbox.now(question).Card), "Started, perhaps partly done: two")
				return
			}
			require.Equal(t, calls.Succeeded, w.call(question).State)
		})
	}
}

func TestAStopOfOpsbotHandsTheRunOver(t *testing.T) {
	l := newSteppedOperation("one")
	w := climbing(t, l)
	w.HandOver()
	w.settle()
	running, err := w.store.Unfinished(t.Context(), calls.Running)
	require.NoError(t, err)
	require.Len(t, running, 1, "nothing of it is stored as failed or interrupted")
	require.Empty(t, l.done)
}

func TestAStepThatOpsbotDoesNotSurviveIsNotTriedForEver(t *testing.T) {
	l := newSteppedOperation("one")
	w := climbing(t, l)
	for range 4 {
		w.HandOver()
		w.settle()
		require.NoError(t, w.recover())
		<-l.reached
	}
	w.HandOver()
	w.settle()
	require.NoError(t, w.recover())
	require.Equal(t, calls.Unclear, w.call(w.outbox.last()).State)
	require.Empty(t, l.done)
}

func TestARunIsStoppedByAButton(t *testing.T) {
	l := newSteppedOperation("two")
	w := climbing(t, l)
	call, err := w.store.Unfinished(t.Context(), calls.Running)
	require.NoError(t, err)
	stop := messages.Action{Name: calls.ActionStop, Value: call[0].ID}
	w.Action(t.Context(), w.pressed(Stranger, stop))
	w.Action(t.Context(), w.pressed(Admin, stop))
	w.settle()
	m := w.outbox.last()
	require.Equal(t, calls.Cancelled, w.call(m).State)
	require.Contains(t, plain(m.Card), "stopped /climb")
	require.Contains(t, plain(m.Card), "Done: one")
	require.Contains(t, plain(m.Card), "Started, perhaps partly done: two")
	require.Equal(t, []string{"one"}, l.done)
	w.press(Admin, stop)
	require.Contains(t, plain(w.outbox.last().Card), "is no longer running")
}

// sharedRuns is the store as others see it, and a connection to the database that a story cuts.
type sharedRuns struct {
	*store.Store
	cutOff chan struct{}
}

func (s *sharedRuns) CutOff() <-chan struct{} { return s.cutOff }

func TestAnotherOpsbotStopsARun(t *testing.T) {
	l := newSteppedOperation("two")
	w := climbing(t, l)
	call, err := w.store.Unfinished(t.Context(), calls.Running)
	require.NoError(t, err)
	other := newDispatcherOn(w)
	other.Action(t.Context(), w.pressed(Admin, messages.Action{Name: calls.ActionStop, Value: call[0].ID}))
	w.ApplyStopRequests(t.Context())
	w.settle()
	require.Equal(t, calls.Cancelled, w.call(w.outbox.last()).State)
	require.Equal(t, []string{"one"}, l.done)
}

// newDispatcherOn is another opsbot on the same store.
func newDispatcherOn(w *fixture) *handlers.Dispatcher {
	return &handlers.Dispatcher{
		Catalog: w.Catalog, Clusters: w.Clusters, Identities: w.Identities, People: w.People, Calls: w.Calls, Shared: w.shared, Audit: w.Audit, Outbox: w.Outbox,
		Direct: w.Direct, Incidents: w.Incidents, Messages: w.Messages, Forms: w.Forms, Settings: w.Settings, Now: w.Now, NewID: w.NewID, Log: w.Log,
	}
}

func TestAReplicaThatWasCutOffStopsAndTakesUpItsOwnRunsAgain(t *testing.T) {
	l := newSteppedOperation("three")
	w := climbing(t, l)
	ctx, cancel := contextOf(t)
	ended := make(chan error)
	go func() { ended <- w.WatchRuns(ctx) }()
	w.shared.cutOff <- struct{}{}
	<-l.reached // held up again, by the run that was taken up
	l.release <- struct{}{}
	cancel()
	require.NoError(t, <-ended)
	w.settle()
	require.Equal(t, []string{"one", "two", "three"}, l.done)
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State)
}

func TestARunOfAnotherVersionIsNotGuessedAt(t *testing.T) {
	l := newSteppedOperation("two")
	w := climbing(t, l)
	w.HandOver()
	w.settle()
	w.Catalog = slices.DeleteFunc(w.Catalog, func(op k8sops.Operation) bool { return op.Name == "climb" })
	require.NoError(t, w.recover())
	require.Equal(t, calls.Interrupted, w.call(w.outbox.last()).State)
}

func TestTheStateOfCallsOfTheVersionBeforeIsStillRead(t *testing.T) {
	var r calls.Record
	require.NoError(t, json.Unmarshal([]byte(`{"id":"c","state":"succeeded","undo":"scale user-service 3",
		"plan":{"summary":{"id":"k8sops.scale.one"},"danger":1,"state":{"template":"a"}}}`), &r))
	require.Equal(t, "scale user-service 3", r.Undo)
	require.JSONEq(t, `{"template":"a"}`, string(r.Plan.State))
}
