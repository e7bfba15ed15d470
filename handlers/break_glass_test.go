package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// approvals is the dispatcher, which is made of the catalogue that asks for it.
type approvals struct{ w *fixture }

func (a approvals) AwaitingApproval(ctx context.Context) ([]calls.Record, error) {
	return a.w.Dispatcher.AwaitingApproval(ctx)
}

func (a approvals) ToApprove(ctx context.Context, user string) ([]calls.Record, error) {
	return a.w.Dispatcher.ToApprove(ctx, user)
}

func (a approvals) BreakTheGlass(ctx context.Context, user string, r calls.Record, reason string) error {
	return a.w.Dispatcher.BreakTheGlass(ctx, user, r, reason)
}

func breakable(t *testing.T, mode handlers.BreakGlass) *fixture {
	t.Helper()
	w := newFixture(t)
	w.Settings.BreakGlass = mode
	w.OnDuty = func(context.Context) []string { return []string{Admin, Lead, Viewer} }
	return w
}

// sentTo is how a person was told that the glass is broken; zero: not at all.
func (w *fixture) sentTo(user string) (m messages.Outbound) {
	w.t.Helper()
	w.outbox.mu.Lock()
	defer w.outbox.mu.Unlock()
	for _, each := range w.outbox.order {
		if each.Channel == user && strings.Contains(each.Key, "/broke-glass/") {
			m = each
		}
	}
	return m
}

func TestTheGlassIsBrokenInAnIncident(t *testing.T) {
	w := breakable(t, handlers.BreakGlassInIncident)
	number, _ := w.fires("g")
	m := w.plan(Admin, "/wipe 0")
	require.Equal(t, "ops break-glass "+w.call(m).ID, button(t, m, "Nobody there? Break the glass…").Value)
	w.types(Admin, "/ops break-glass "+w.call(m).ID+" nobody answers the phone")

	require.Equal(t, 0, w.level())
	r := w.call(m)
	require.Equal(t, calls.Succeeded, r.State)
	require.Equal(t, "nobody answers the phone", r.BrokeGlass)
	require.Empty(t, r.ApprovedBy)
	require.Contains(t, plain(w.outbox.now(m).Card), "run without a second person: nobody answers the phone")
	require.Contains(t, w.timeline(number), "ran /wipe 0 without the second person that it needs: nobody answers the phone")
	for _, user := range []string{Lead, Viewer} {
		require.Contains(t, plain(w.sentTo(user).Card), "@"+Admin+" ran /wipe 0 without a second person", user)
		require.Equal(t, messages.LanePage, w.sentTo(user).Lane)
	}
	require.Zero(t, w.sentTo(Admin), "who did it knows")
	var broke []audit.Event
	for _, e := range w.audit() {
		if e.Action == "broke the glass" {
			broke = append(broke, e)
		}
	}
	require.Len(t, broke, 1)
	require.Equal(t, "nobody answers the phone", broke[0].Details["broke_glass"])
	require.Equal(t, Admin, broke[0].Actor)
}

func TestTheGlassHolds(t *testing.T) {
	for name, c := range map[string]struct {
		mode handlers.BreakGlass
		fire bool
		who  string
		do   func(w *fixture)
		says string
	}{
		"no incident":   {mode: handlers.BreakGlassInIncident, who: Admin, says: "only where the configuration says so"},
		"never":         {mode: handlers.BreakGlassNever, fire: true, who: Admin, says: "only where the configuration says so"},
		"somebody else": {mode: handlers.BreakGlassAlways, who: Lead, says: "None of your operations"},
		"too late":      {mode: handlers.BreakGlassAlways, who: Admin, do: func(w *fixture) { w.clock.pass(11 * time.Minute) }, says: "Nobody decided"},
		"the rights are gone": {mode: handlers.BreakGlassAlways, who: Admin, do: func(w *fixture) { w.api.grant("zhangsan", nothing) },
			says: "you may not patch"},
		"another plan": {mode: handlers.BreakGlassAlways, who: Admin, do: func(w *fixture) { w.fake.do(func() { w.fake.fingerprint = "f2" }) },
			says: "changed after this button was shown"},
	} {
		t.Run(name, func(t *testing.T) {
			w := breakable(t, c.mode)
			if c.fire {
				w.fires("g")
			}
			m := w.plan(Admin, "/wipe 0")
			if c.do != nil {
				c.do(w)
			}
			w.types(c.who, "/ops break-glass "+w.call(m).ID+" because")
			require.Contains(t, plain(w.outbox.last().Card), c.says)
			require.Equal(t, 3, w.level())
			require.Zero(t, w.sentTo(Viewer))
		})
	}
}

func TestTheGlassHoldsOnceTheIncidentIsOver(t *testing.T) {
	w := breakable(t, handlers.BreakGlassInIncident)
	w.fires("g")
	m := w.plan(Admin, "/wipe 0")
	w.Incidents = noneActive{w.Incidents}
	w.types(Admin, "/ops break-glass "+w.call(m).ID+" because")
	require.Contains(t, plain(w.outbox.last().Card), "is over")
	require.Equal(t, 3, w.level())
}

// noneActive is what is left once every incident is over.
type noneActive struct{ incidentActs }

type incidentActs = handlers.Incidents

func (noneActive) Incidents(context.Context, bool, int) ([]incident.Incident, error) { return nil, nil }
