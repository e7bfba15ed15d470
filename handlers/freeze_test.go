package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/handlers/freeze"
	"opsbot/runs"
)

// freezes everything from now on.
func (w *fixture) freezes(after, long time.Duration) {
	w.Freezes = freeze.Windows{{Name: "National Day", From: w.Now().Add(after), Until: w.Now().Add(after + long)}}
}

func TestAFreezeAsksForASecondPerson(t *testing.T) {
	w := newFixture(t)
	w.freezes(0, time.Hour)
	m := w.plan(Lead, "/turn 5")
	require.Equal(t, calls.Approval, w.call(m).State)
	require.Contains(t, plain(m.Card), "Changes are frozen until")
	require.Contains(t, plain(m.Card), "National Day")
	w.press(Admin, button(t, m, "Approve"))
	require.Equal(t, 5, w.level())

	w.types(Lead, "/look")
	require.NotContains(t, plain(w.outbox.last().Card), "frozen", "looking is free")
	w.clock.pass(time.Hour)
	w.types(Lead, "/turn 6")
	require.Equal(t, 6, w.level(), "it is over")
}

func TestAFreezeThatBeginsUnderAPlanIsShown(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	w.freezes(0, time.Hour)
	w.press(Lead, button(t, m, "Do it"))
	require.Equal(t, calls.Approval, w.call(m).State)
	require.Contains(t, plain(w.outbox.now(m).Card), "The plan has changed since it was shown")
	require.Equal(t, 3, w.level())
}

func TestInAFreezeItsOwnChangesAreUndoneAtOnce(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/turn 8")
	before := w.outbox.last()
	w.clock.pass(time.Minute)
	w.freezes(0, time.Hour)
	m := w.plan(Lead, "/turn 5")
	w.press(Admin, button(t, m, "Approve"))
	require.Equal(t, 5, w.level())
	w.press(Lead, button(t, w.outbox.now(m), "Undo: /turn 8"))
	require.Equal(t, 8, w.level(), "what was done in the freeze is taken back by one person")

	w.press(Lead, button(t, before, "Undo: /turn 3"))
	require.Equal(t, 8, w.level(), "what was done before it is not")
	require.Contains(t, plain(w.outbox.last().Card), "Changes are frozen")
}

func TestWhatIsPutBackIsPutBackInAFreeze(t *testing.T) {
	w := newFixture(t)
	s := w.planned("turn 8", func(s *runs.Schedule) { s.For = 2 * time.Hour })
	w.passes(time.Hour)
	require.Equal(t, 8, w.level())
	w.freezes(0, 24*time.Hour)
	w.passes(2 * time.Hour)
	require.Equal(t, 3, w.level())
	require.Equal(t, runs.Done, w.schedule(s.Number).State)
}

func TestAPlannedChangeWaitsInAFreeze(t *testing.T) {
	w := newFixture(t)
	w.planned("turn 8")
	w.freezes(30*time.Minute, 24*time.Hour)
	w.passes(time.Hour)
	require.Equal(t, 3, w.level())
	require.Equal(t, calls.Approval, w.call(w.outbox.last()).State)
}
