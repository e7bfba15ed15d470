package handlers_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
	"opsbot/runs"
)

// planned stores a schedule of Admin's that is due in an hour.
func (w *fixture) planned(line string, change ...func(*runs.Schedule)) runs.Schedule {
	w.t.Helper()
	op, args, err := cmdline.Parse(w.Catalog, line)
	require.NoError(w.t, err)
	s := runs.Schedule{
		Plan: w.NewID(), Operation: op.Name, Args: args, Command: k8sops.Canonical(op, args), User: Admin, Channel: room, Cluster: w.Clusters.Default().Name,
		Namespace: w.Clusters.Default().Namespace, State: runs.Active, Due: w.Now().Add(time.Hour), CreatedAt: w.Now(),
	}
	for _, do := range change {
		do(&s)
	}
	s, err = w.store.AddSchedule(w.t.Context(), s)
	require.NoError(w.t, err)
	return s
}

// passes lets time go by and makes what is due.
func (w *fixture) passes(d time.Duration) {
	w.t.Helper()
	w.clock.pass(d)
	w.MakeDue(w.t.Context())
	w.settle()
}

func (w *fixture) schedule(number int64) runs.Schedule {
	w.t.Helper()
	s, err := w.store.Schedule(w.t.Context(), number)
	require.NoError(w.t, err)
	return s
}

func (w *fixture) level() int {
	at, _ := w.fake.position()
	return at
}

func TestAScheduledCallRunsWhenItIsDue(t *testing.T) {
	w := newFixture(t)
	number, thread := w.fires("g")
	s := w.planned("turn 8", func(s *runs.Schedule) { s.ThreadTS, s.Incident = thread, "1" })
	w.passes(59 * time.Minute)
	require.Equal(t, 3, w.level(), "not yet")
	w.passes(time.Minute)
	require.Equal(t, 8, w.level())
	require.Equal(t, runs.Done, w.schedule(s.Number).State)
	r, err := w.store.Call(t.Context(), "s1-1")
	require.NoError(t, err)
	require.Equal(t, calls.Succeeded, r.State)
	require.Equal(t, "zhangsan", r.Identity.User)
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo)
	require.Equal(t, thread, m.ThreadTS)
	require.Contains(t, w.timeline(number), "/turn 8")
	button(t, m, "Undo: /turn 3")

	w.passes(time.Minute)
	_, times := w.fake.position()
	require.Equal(t, 1, times, "once")
}

func TestAScheduledCallIsPutBack(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.For = 6 * time.Hour })
	w.passes(time.Hour)
	require.Equal(t, 8, w.level())
	w.passes(5 * time.Hour)
	require.Equal(t, 8, w.level(), "not yet")
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	require.Equal(t, runs.Done, w.schedule(s.Number).State)
	first, err := w.store.Call(t.Context(), "s1-1")
	require.NoError(t, err)
	require.Equal(t, &calls.Undone{User: Admin, Call: "s1-2"}, first.Undone)
}

func TestWhatAPersonUndidIsNotPutBack(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.For = time.Hour })
	w.passes(time.Hour)
	w.press(Admin, button(t, w.outbox.last(), "Undo: /turn 3"))
	w.types(Admin, "turn 5")
	w.passes(time.Hour)
	require.Equal(t, 5, w.level())
	require.Equal(t, runs.Done, w.schedule(s.Number).State)
}

func TestPuttingBackAsksWhereSomebodyChangedItSince(t *testing.T) {
	w := newFixture(t)
	w.planned("turn 8", func(s *runs.Schedule) { s.For = time.Hour })
	w.passes(time.Hour)
	w.types(Admin, "turn 9")
	w.passes(time.Hour)
	require.Equal(t, 9, w.level(), "nobody confirmed that this is taken back")
	w.press(Admin, button(t, w.outbox.last(), "Do it"))
	require.Equal(t, 3, w.level())
}

func TestARepeatedCallComesRoundAgain(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.Cron, s.Zone, s.For = "0 13 * * *", "UTC", time.Hour })
	for range 2 {
		w.passes(time.Hour)
		require.Equal(t, 8, w.level())
		w.passes(time.Hour)
		require.Equal(t, 3, w.level())
		w.passes(22 * time.Hour)
	}
	require.Equal(t, runs.Active, w.schedule(s.Number).State)
	require.Equal(t, 4, w.schedule(s.Number).Made)
}

func TestWhatThePlannerConfirmedIsNotAskedAgain(t *testing.T) {
	w := newFixture(t)
	w.planned("shake 8")
	w.passes(time.Hour)
	require.Equal(t, 8, w.level())
}

func TestASecondPersonIsAskedWhenTheCallIsDue(t *testing.T) {
	w := newFixture(t)
	w.planned("wipe 8")
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	card := w.outbox.last()
	require.Empty(t, card.EphemeralTo)
	w.press(Lead, button(t, card, "Approve"))
	require.Equal(t, 8, w.level())
}

func TestALateCallIsMadeWithinAnHour(t *testing.T) {
	w := newFixture(t)
	w.planned("turn 8")
	w.passes(time.Hour + 59*time.Minute)
	require.Equal(t, 8, w.level())
	require.Contains(t, plain(w.outbox.cards["schedule/1/2026-03-02T13:00:00Z/note"][0].Card), "59m ago")
}

func TestACallThatIsTooLateIsSkipped(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.For = 6 * time.Hour })
	w.passes(2 * time.Hour)
	require.Equal(t, 3, w.level())
	require.Equal(t, runs.Done, w.schedule(s.Number).State)
	m := w.outbox.last()
	require.Contains(t, plain(m.Card), "was skipped")
	require.Equal(t, room, m.Channel)
	w.press(Admin, button(t, m, "/turn 8"))
	require.Equal(t, 8, w.level(), "a person may still run it")
}

func TestNothingRunsForAPersonWhoHasLeft(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.Cron, s.Zone = "0 13 * * *", "UTC" })
	w.Identities.(*identity.Identities).Mappings = mapped()[1:]
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	require.Equal(t, runs.Failed, w.schedule(s.Number).State, "nor is it tried every day")
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo, "whoever is there must know")
	require.Contains(t, plain(m.Card), "does not know")
}

func TestSlackBeingAwayOnlyDelaysACall(t *testing.T) {
	w := newFixture(t)
	w.planned("turn 8")
	w.people.fail = errors.New("slack is away")
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	w.people.fail = nil
	w.passes(time.Minute)
	require.Equal(t, 8, w.level())
}

func TestWhoLostTheRightIsRefusedInPublic(t *testing.T) {
	w := newFixture(t)
	w.planned("turn 8")
	w.api.grant("zhangsan", nothing)
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo)
	require.Equal(t, calls.Refused, w.call(m).State)
}

func TestAnOperationThatFailsWhenItIsDueSaysSo(t *testing.T) {
	w := newFixture(t)
	w.fake.fail = map[string]any{"plan": &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.Literal("the lever is gone")}}
	w.planned("turn 8", func(s *runs.Schedule) { s.For = time.Hour })
	w.passes(time.Hour)
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo)
	require.Contains(t, plain(m.Card), "the lever is gone")
	w.fake.fail = nil
	w.passes(time.Hour)
	require.Equal(t, 3, w.level(), "nothing to put back")
	require.Equal(t, runs.Done, w.schedule(1).State)
}

// An opsbot that is killed between any two of its writes leaves a call that is made once.
func TestAKilledOpsbotMakesAScheduledCallOnce(t *testing.T) {
	for name, dies := range map[string]func(w *fixture, s runs.Schedule){
		"call accepted": func(w *fixture, s runs.Schedule) { w.accepted(s) },
		"schedule moved on": func(w *fixture, s runs.Schedule) {
			w.accepted(s)
			next, err := s.AfterCall(w.Now())
			require.NoError(w.t, err)
			require.NoError(w.t, w.store.AdvanceSchedule(w.t.Context(), s.Due, next))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			s := w.planned("turn 8")
			w.clock.pass(time.Hour)
			dies(w, s)
			w.MakeDue(t.Context())
			w.settle()
			require.Equal(t, 3, w.level(), "it is somebody's already")
			require.NoError(t, w.recover())
			w.settle()
			w.passes(time.Minute)
			at, times := w.fake.position()
			require.Equal(t, 8, at)
			require.Equal(t, 1, times)
			require.Equal(t, runs.Done, w.schedule(s.Number).State)
		})
	}
}

// accepted stores the call of a schedule as an opsbot does that dies right after.
func (w *fixture) accepted(s runs.Schedule) {
	w.t.Helper()
	id, err := w.Identities.Identify(w.t.Context(), s.User)
	require.NoError(w.t, err)
	source := k8sops.Source{User: s.User, Channel: s.Channel}
	id.Extra = k8sops.Extra(source, s.CallID())
	r := calls.Record{
		ID: s.CallID(), SourceID: s.SourceID(), State: calls.Accepted, Operation: s.Operation, Args: s.Args, Command: s.Command, Cluster: s.Cluster,
		Namespace: s.Namespace, Identity: id, Source: source, CreatedAt: w.Now(), Schedule: s.Number, Unattended: true,
	}
	require.NoError(w.t, w.store.Create(w.t.Context(), r, audit.Event{At: w.Now(), Action: "requested by schedule", Call: r.ID}))
}

func TestAScheduledCallThatWasLeftForHoursIsNotMade(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8")
	w.clock.pass(time.Hour)
	w.accepted(s)
	w.clock.pass(3 * time.Hour)
	require.NoError(t, w.recover())
	w.settle()
	require.Equal(t, 3, w.level())
	require.Contains(t, plain(w.outbox.last().Card), "before")
}

func TestScaleIsPlannedAndPutBack(t *testing.T) {
	w := newFixture(t)
	w.types(Admin, `scale plan user 5 --at "in 1h" --for 2h`)
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State, plain(w.outbox.last().Card))
	button(t, w.outbox.last(), "Undo: /scale plan cancel 1")
	require.EqualValues(t, 3, w.api.count())
	w.types(Viewer, "scale plans")
	require.Contains(t, plain(w.outbox.last().Card), "/scale user-service 5")
	w.passes(time.Hour)
	require.EqualValues(t, 5, w.api.count())
	w.passes(2 * time.Hour)
	require.EqualValues(t, 3, w.api.count())
}

func TestACancelledPlanDoesNothing(t *testing.T) {
	w := newFixture(t)
	w.types(Admin, `scale plan user 5 --at "in 1h"`)
	w.press(Admin, button(t, w.outbox.last(), "Undo: /scale plan cancel 1"))
	require.Equal(t, runs.Cancelled, w.schedule(1).State)
	w.passes(time.Hour)
	require.EqualValues(t, 3, w.api.count())
}

func TestNobodyPlansWhatTheyMayNotDo(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, `scale plan user 5 --at "in 1h"`)
	require.Equal(t, calls.Refused, w.call(w.outbox.last()).State)
	list, err := w.store.Schedules(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
}

func TestATargetThatIsGoneIsSaid(t *testing.T) {
	w := newFixture(t)
	w.planned("scale ledger 5")
	w.passes(time.Hour)
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo)
	require.Contains(t, plain(m.Card), "ledger")
	require.Equal(t, calls.Refused, w.call(m).State)
}

// mending is a plan that puts back what was taken away, and is over once that is done.
func (w *fixture) mending() runs.Schedule {
	w.fake.mended = func(number int) {
		require.NoError(w.t, w.store.CancelSchedule(w.t.Context(), int64(number), Admin, w.Now()))
	}
	return w.planned("mend", func(s *runs.Schedule) { s.Saved = json.RawMessage(`["what was there"]`) })
}

func TestWhatIsPutBackIsTriedUntilItIsBack(t *testing.T) {
	w := newFixture(t)
	s := w.mending()
	w.fake.breaks("plan", &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.Literal("the cluster is away")})
	w.passes(time.Hour)
	require.Contains(t, plain(w.outbox.last().Card), "the cluster is away")
	require.Equal(t, runs.Active, w.schedule(s.Number).State)
	w.fake.breaks("mend", errors.New("away again"))
	w.passes(time.Minute)
	require.Equal(t, runs.Active, w.schedule(s.Number).State)
	w.fake.breaks("none", nil)
	w.passes(time.Minute)
	require.Equal(t, runs.Active, w.schedule(s.Number).State, "the pause doubles")
	w.passes(time.Minute)
	require.Equal(t, runs.Cancelled, w.schedule(s.Number).State)
	r, err := w.store.Call(t.Context(), "s1-3")
	require.NoError(t, err)
	require.Equal(t, calls.Succeeded, r.State)
	require.Equal(t, "mend 1", r.Command)
	w.passes(24 * time.Hour)
	_, err = w.store.Call(t.Context(), "s1-4")
	require.ErrorIs(t, err, calls.ErrNotFound)
}

func TestWhatIsPutBackIsNeverTooLate(t *testing.T) {
	w := newFixture(t)
	s := w.mending()
	w.passes(3 * 24 * time.Hour)
	require.Equal(t, runs.Cancelled, w.schedule(s.Number).State)
}

// Where the planner has left, everybody is told, again and again, and whoever may can do it.
func TestWhatIsPutBackOutlivesThePlanner(t *testing.T) {
	w := newFixture(t)
	s := w.mending()
	w.Identities.(*identity.Identities).Mappings = mapped()[1:]
	w.passes(time.Hour)
	m := w.outbox.last()
	require.Empty(t, m.EphemeralTo)
	require.Contains(t, plain(m.Card), "does not know")
	button(t, m, "/mend 1")
	require.Equal(t, runs.Active, w.schedule(s.Number).State)
	w.Identities.(*identity.Identities).Mappings = mapped()
	w.passes(time.Minute)
	require.Equal(t, runs.Cancelled, w.schedule(s.Number).State)
}

// A try that an opsbot left when it was killed is looked after, and nothing is lost.
func TestAKilledOpsbotPutsBackOnce(t *testing.T) {
	w := newFixture(t)
	s := w.mending()
	w.clock.pass(time.Hour)
	w.accepted(s.WithNumber())
	w.MakeDue(t.Context())
	w.settle()
	require.Equal(t, runs.Active, w.schedule(s.Number).State)
	require.NoError(t, w.recover())
	w.settle()
	require.Equal(t, runs.Cancelled, w.schedule(s.Number).State)
}
