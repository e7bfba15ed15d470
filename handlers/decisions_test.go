package handlers_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
	"opsbot/messages"
)

func runButton(line string) messages.Action {
	return messages.Action{Name: calls.ActionRun, Value: line}
}

func TestADisruptiveCallWaitsForItsRequester(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	require.Contains(t, plain(m.Card), "Nothing has been done yet. @"+Lead+", confirm by 12:10:00 UTC")
	require.Equal(t, calls.Planned, w.call(m).State)

	w.press(Admin, button(t, m, "Do it"))
	w.requirePrivate(w.outbox.last(), Admin)
	require.Contains(t, plain(w.outbox.last().Card), "Only @"+Lead)
	_, runs := w.fake.position()
	require.Zero(t, runs)

	w.press(Lead, button(t, m, "Do it"))
	at, _ := w.fake.position()
	require.Equal(t, 5, at)
	require.Contains(t, plain(w.outbox.now(m).Card), "the lever holds", "the plan's message has become the answer")
	require.Equal(t, []string{"requested", "planned", "refused press: confirm", "confirmed", "succeeded"}, w.audited())
}

func TestAPlanMayNeedMoreCareThanItsOperation(t *testing.T) {
	w := newFixture(t)
	w.fake.raise = k8sops.Destructive
	m := w.plan(Lead, "/turn 0")
	require.Equal(t, calls.Approval, w.call(m).State)
	require.Contains(t, plain(m.Card), "destructive: needs a second person")
}

func TestADestructiveCallNeedsASecondPersonWhoCouldHaveRunIt(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Admin, "/wipe 0")
	approve := button(t, m, "Approve")
	require.NotNil(t, approve.Confirm)
	for name, refused := range map[string]struct{ who, why string }{
		"the requester":         {Admin, "You requested /wipe 0 yourself"},
		"the same account":      {Twin, "same Kubernetes user (zhangsan)"},
		"somebody with no such": {Viewer, "you may not patch levers.test"},
		"somebody unmapped":     {Stranger, "you are not known to opsbot"},
		"a foreign guest":       {Guest, "you are not known to opsbot"},
	} {
		w.press(refused.who, approve)
		w.requirePrivate(w.outbox.last(), refused.who)
		require.Contains(t, plain(w.outbox.last().Card), refused.why, name)
		require.Equal(t, calls.Approval, w.call(m).State, name)
	}
	_, runs := w.fake.position()
	require.Zero(t, runs)
	approved := pressAndRead(w, Lead, approve, m)
	require.Equal(t, []string{Lead, "zhaoliu"}, []string{approved.ApprovedBy, approved.ApprovedAs})
	at, _ := w.fake.position()
	require.Equal(t, 0, at)
	require.Contains(t, plain(w.outbox.now(m).Card), "approved by @"+Lead)
	last := w.audit()[len(w.audit())-3]
	require.Equal(t, []string{"approved", Lead}, []string{last.Action, last.Actor})
	require.Equal(t, w.call(m).Digest, last.Details["digest"])
	require.NotEmpty(t, last.Details["digest"])
	require.Len(t, w.audit(), 2+5+3, "every refused press is on record")
}

func pressAndRead(w *fixture, who string, b messages.Action, m messages.Outbound) calls.Record {
	w.t.Helper()
	w.press(who, b)
	return w.call(m)
}

func TestAnApprovalIsVoidWhenTheTargetChanged(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Admin, "/wipe 0")
	w.fake.do(func() { w.fake.fingerprint = "f2" })
	w.clock.pass(time.Minute)
	r := pressAndRead(w, Lead, button(t, m, "Approve"), m)
	require.Equal(t, calls.Approval, r.State, "asked again")
	require.Equal(t, w.Now().Add(10*time.Minute), r.ExpiresAt)
	require.Contains(t, plain(w.outbox.now(m).Card), "The plan has changed since it was shown")
	_, runs := w.fake.position()
	require.Zero(t, runs)

	w.press(Lead, button(t, w.outbox.now(m), "Approve"))
	_, runs = w.fake.position()
	require.Equal(t, 1, runs)
	require.Equal(t, []string{"requested", "planned", "voided: target changed", "approved", "succeeded"}, w.audited())
}

func TestAPressOnAnOlderPlanDoesNotDecideAboutTheNewOne(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	old := button(t, m, "Do it")
	w.fake.do(func() { w.fake.at = 9 })
	w.press(Lead, old)
	require.Contains(t, plain(w.outbox.now(m).Card), "Lever from 9 to 5")
	w.press(Lead, old) // the second click of a double click, before Slack shows the new plan
	w.requirePrivate(w.outbox.last(), Lead)
	require.Contains(t, plain(w.outbox.last().Card), "changed after this button was shown")
	_, runs := w.fake.position()
	require.Zero(t, runs)
	w.press(Lead, button(t, w.outbox.now(m), "Do it"))
	_, runs = w.fake.position()
	require.Equal(t, 1, runs)
}

func TestADecisionIsBoundToThePersonsRights(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	w.api.grant("zhaoliu", nothing)
	w.press(Lead, button(t, m, "Do it"))
	w.requirePrivate(w.outbox.last(), Lead)
	require.Contains(t, plain(w.outbox.last().Card), "you may not patch levers.test")
	require.Equal(t, calls.Planned, w.call(m).State, "it can still be cancelled, or confirmed once the right is back")

	w.api.grant("zhaoliu", func(authorizationv1.ResourceAttributes) bool { return true })
	w.Identities = &identity.Identities{Mappings: []identity.Mapping{{Slack: Lead, User: "zhaoliu", Groups: []string{"opsbot:viewer"}}}, People: w.people}
	w.press(Lead, button(t, m, "Do it"))
	require.Equal(t, calls.Planned, w.call(m).State, "other groups are another identity: asked again")
}

func TestARequesterWhoIsNoLongerKnownGetsNothingDone(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Admin, "/wipe 0")
	w.Identities = &identity.Identities{Mappings: mapped()[1:], People: w.people}
	w.press(Lead, button(t, m, "Approve"))
	w.requirePrivate(w.outbox.last(), Lead)
	_, runs := w.fake.position()
	require.Zero(t, runs)
}

func TestSomebodyElseDidItMeanwhile(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	w.fake.do(func() { w.fake.at = 5 })
	w.press(Lead, button(t, m, "Do it"))
	require.Contains(t, plain(w.outbox.now(m).Card), "nothing was changed")
	require.Empty(t, w.outbox.now(m).Card.Actions)
	require.Equal(t, calls.Succeeded, w.call(m).State)
	_, runs := w.fake.position()
	require.Zero(t, runs)
}

func TestNobodyDecides(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Admin, "/wipe 0")
	w.clock.pass(10*time.Minute + time.Second)
	r := pressAndRead(w, Lead, button(t, m, "Approve"), m)
	require.Equal(t, calls.Expired, r.State)
	require.Contains(t, plain(w.outbox.now(m).Card), "Nobody decided within 10m. Nothing was done.")
	require.Empty(t, w.outbox.now(m).Card.Actions, "the buttons are gone")
	_, runs := w.fake.position()
	require.Zero(t, runs)

	w.press(Lead, button(t, m, "Approve"))
	require.Contains(t, plain(w.outbox.last().Card), "/wipe 0 is already decided: expired")
	require.Equal(t, []string{"requested", "planned", "expired", "refused press: approve"}, w.audited())
}

func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		who string
		ok  bool
	}{
		"the requester": {Admin, true}, "who could run it": {Lead, true}, "the same user": {Twin, true},
		"who could not": {Viewer, false}, "a stranger": {Stranger, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			m := w.plan(Admin, "/wipe 0")
			r := pressAndRead(w, c.who, button(t, m, "Cancel"), m)
			if !c.ok {
				w.requirePrivate(w.outbox.last(), c.who)
				require.Equal(t, calls.Approval, r.State)
				return
			}
			require.Equal(t, calls.Cancelled, r.State)
			require.Contains(t, plain(w.outbox.now(m).Card), "Cancelled by @"+c.who+". Nothing was done.")
			w.press(Lead, button(t, m, "Approve"))
			require.Contains(t, plain(w.outbox.last().Card), "already decided: cancelled")
			_, runs := w.fake.position()
			require.Zero(t, runs)
		})
	}
}

func TestTheRequesterCancelsEvenWhenTheClusterIsGone(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Admin, "/wipe 0")
	w.api.fails(true)
	require.Equal(t, calls.Cancelled, pressAndRead(w, Admin, button(t, m, "Cancel"), m).State)
}

func TestSimultaneousPressesRunOnce(t *testing.T) {
	w := newFixture(t)
	number, _ := w.fires("g")
	m := w.plan(Admin, "/wipe 0")
	approve := button(t, m, "Approve")
	var all sync.WaitGroup
	for range 6 {
		press := w.pressed(Lead, approve)
		all.Go(func() { w.Action(t.Context(), press) })
	}
	all.Wait()
	w.settle()
	_, runs := w.fake.position()
	require.Equal(t, 1, runs)
	require.Equal(t, calls.Succeeded, w.call(m).State)
	require.Contains(t, w.timeline(number), "@"+Lead+" approved /wipe 0\n")
	require.Equal(t, 1, count(w.timeline(number), "approved"), "the timeline tells of one approval")
	require.Equal(t, 1, count(w.timeline(number), "ran /wipe 0"))
	require.Equal(t, "incident: approved by whoever pressed", approvalActor(w, number))
}

func approvalActor(w *fixture, number int64) string {
	entries, err := w.store.Entries(w.t.Context(), number)
	require.NoError(w.t, err)
	for _, e := range entries {
		if e.Text.ID == "incident.command_approved" && e.Kind == incident.EntryApproval && e.Actor == Lead {
			return "incident: approved by whoever pressed"
		}
	}
	return "somebody else"
}

func TestConfirmAndCancelRace(t *testing.T) {
	for range 5 {
		w := newFixture(t)
		m := w.plan(Lead, "/shake 5")
		confirm, cancel := w.pressed(Lead, button(t, m, "Do it")), w.pressed(Lead, button(t, m, "Cancel"))
		var both sync.WaitGroup
		both.Go(func() { w.Action(t.Context(), confirm) })
		both.Go(func() { w.Action(t.Context(), cancel) })
		both.Wait()
		w.settle()
		_, runs := w.fake.position()
		switch r := w.call(m); r.State {
		case calls.Cancelled:
			require.Zero(t, runs)
			require.Contains(t, plain(w.outbox.now(m).Card), "Nothing was done")
		case calls.Succeeded:
			require.Equal(t, 1, runs)
			require.Contains(t, plain(w.outbox.now(m).Card), "the lever holds")
		default:
			t.Fatalf("state %s", r.State)
		}
	}
}

func TestAButtonOfACallThatIsGone(t *testing.T) {
	for _, value := range []string{"", "c0ffee", "c0ffee/abc", "/", "../../etc"} {
		w := newFixture(t)
		w.press(Lead, messages.Action{Name: calls.ActionApprove, Value: value})
		w.requirePrivate(w.outbox.last(), Lead)
		require.Contains(t, plain(w.outbox.last().Card), "older version of opsbot", value)
	}
}

func TestTheClusterIsGoneWhenSomebodyConfirms(t *testing.T) {
	w := newFixture(t)
	m := w.plan(Lead, "/shake 5")
	w.api.fails(true)
	w.press(Lead, button(t, m, "Do it"))
	w.requirePrivate(w.outbox.last(), Lead)
	require.Equal(t, calls.Planned, w.call(m).State)
	w.api.fails(false)
	w.press(Lead, button(t, m, "Do it"))
	require.Equal(t, calls.Succeeded, w.call(m).State, "the same button works once the cluster is back")
}
