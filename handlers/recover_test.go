package handlers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}

// killed leaves what a bot leaves that was killed while a call was in state, and starts the next one on it.
func killed(t *testing.T, state calls.State) (w *fixture, call calls.Record, thread string) {
	t.Helper()
	first := newFixture(t)
	_, thread = first.fires("g")
	m := first.plan(Admin, "/wipe 0 --service user")
	call = first.call(m)
	if state != call.State {
		call.State, call.StartedAt = state, first.Now()
		require.NoError(t, first.store.Update(t.Context(), calls.Change{Record: call, Event: audit.Event{Action: "started"}}))
	}
	require.NoError(t, first.store.Close())
	return newFixtureAt(t, first.url, first.api), call, thread
}

func TestKilledWhileACallRan(t *testing.T) {
	w, call, _ := killed(t, calls.Running)
	require.NoError(t, w.recover())
	m := w.outbox.last()
	require.Equal(t, "call/"+call.ID+"/answer", m.Key, "in the place of the answer")
	require.Empty(t, m.EphemeralTo, "the channel saw it begin")
	require.Contains(t, plain(m.Card), "opsbot was stopped while /wipe 0 --service user ran. It may be only partly done.")
	require.Contains(t, plain(m.Card), "check the current state")
	button(t, m, "/status user")
	require.Equal(t, calls.Interrupted, w.call(m).State)
	require.Contains(t, w.timeline(1), "was interrupted by a restart of opsbot")
	_, runs := w.fake.position()
	require.Zero(t, runs, "never run again")

	require.NoError(t, w.recover())
	require.Equal(t, 1, w.outbox.count(), "said once")
	require.Equal(t, "interrupted", w.audited()[len(w.audited())-1])
}

func TestKilledBeforeACallBegan(t *testing.T) {
	w, _, _ := killed(t, calls.Accepted)
	require.NoError(t, w.recover())
	m := w.outbox.last()
	require.Contains(t, plain(m.Card), "opsbot was restarted before /wipe 0 --service user began. Nothing was done.")
	require.Equal(t, "wipe 0 --service user", button(t, m, "/wipe 0 --service user").Value)
	require.Equal(t, calls.Interrupted, w.call(m).State)
}

func TestKilledWhileACallWaited(t *testing.T) {
	w, call, _ := killed(t, calls.Approval)
	require.NoError(t, w.recover())
	require.Zero(t, w.outbox.count(), "it simply goes on waiting")
	w.press(Lead, messages.Action{Name: calls.ActionApprove, Value: call.ID + "/" + call.Digest})
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State)
	_, runs := w.fake.position()
	require.Equal(t, 1, runs)
}

func TestAPressThatComesAfterTheRestartDoesNotRunItAgain(t *testing.T) {
	w, call, _ := killed(t, calls.Running)
	require.NoError(t, w.recover())
	w.press(Lead, messages.Action{Name: calls.ActionApprove, Value: call.ID + "/" + call.Digest})
	require.Contains(t, plain(w.outbox.last().Card), "already decided: interrupted")
	w.Command(t.Context(), handlers.Command{ID: call.SourceID, Name: "/wipe", Text: "0", User: Admin, Channel: room, At: w.Now()})
	w.settle()
	_, runs := w.fake.position()
	require.Zero(t, runs)
}

func TestWhatCannotBeStoredIsNotSaid(t *testing.T) {
	w, call, _ := killed(t, calls.Running)
	before := w.outbox.count()
	w.outbox.breaks(errors.New("disk full"))
	require.ErrorContains(t, w.recover(), "disk full")
	require.Equal(t, before, w.outbox.count())
	w.outbox.breaks(nil)
	require.NoError(t, w.recover(), "the next start finds it again")
	require.Equal(t, calls.Interrupted, w.call(messages.Outbound{Key: "call/" + call.ID}).State)
}

func TestTheStoreIsGone(t *testing.T) {
	w := newFixture(t)
	w.outbox.breaks(errors.New("disk full"))
	m := "/shake 5"
	w.types(Lead, m)
	require.NotZero(t, w.logs.FilterMessage("refusal not recorded").Len(), "the operator reads of it")
	accepted, err := w.store.Unfinished(t.Context(), calls.Accepted)
	require.NoError(t, err)
	require.Len(t, accepted, 1, "what could not be asked is not waiting for an answer")
	w.outbox.breaks(nil)
	require.NoError(t, w.recover())
	require.Contains(t, plain(w.outbox.last().Card), "Nothing was done")
}

func TestWaitingCallsExpireByThemselves(t *testing.T) {
	w := newFixture(t)
	old := w.plan(Admin, "/wipe 0")
	w.clock.pass(6 * time.Minute)
	young := w.plan(Lead, "/shake 5")
	w.clock.pass(6 * time.Minute)
	w.ExpireDue(t.Context())
	require.Equal(t, calls.Expired, w.call(old).State)
	require.Contains(t, plain(w.outbox.now(old).Card), "Nobody decided within 10m")
	require.Equal(t, calls.Planned, w.call(young).State)
}
