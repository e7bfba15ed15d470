package handlers_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/handlers/guide"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// guided gives the fixture what takes guided runs forward.
func (w *fixture) guided() *guide.Guide {
	g := &guide.Guide{
		Runs: w.store.Runbooks(), Calls: w.Calls, Caller: w.Dispatcher, Outbox: w.outbox, Catalog: w.Catalog, Locale: w.Settings.Locale, Now: w.Now, Log: w.Log,
	}
	w.Guided = g
	return g
}

// advances takes the guided runs as far as they come without a person.
func (w *fixture) advances(g *guide.Guide) {
	w.t.Helper()
	for range 12 {
		g.Advance(w.t.Context())
		w.settle()
	}
}

func (w *fixture) guidedRun(number int64) runbooks.Run {
	w.t.Helper()
	r, err := w.store.Runbooks().Run(w.t.Context(), number)
	require.NoError(w.t, err)
	return r
}

// runCard is the card of a guided run as it stands now.
func (w *fixture) runCard(number int64) messages.Outbound {
	w.t.Helper()
	return w.outbox.now(messages.Outbound{Key: fmt.Sprintf("runbook/%d", number)})
}

// states are how the steps of a run stand.
func states(r runbooks.Run) (all []runbooks.StepState) {
	for _, s := range r.Steps {
		all = append(all, s.State)
	}
	return all
}

// begins begins a guided run by its command, with the confirmation that it takes.
func (w *fixture) begins(g *guide.Guide, user, line string) runbooks.Run {
	w.t.Helper()
	w.press(user, button(w.t, w.plan(user, line), "Do it"))
	m := w.outbox.last()
	require.Equal(w.t, calls.Succeeded, w.call(m).State, plain(m.Card))
	w.advances(g)
	open, err := w.store.Runbooks().Unfinished(w.t.Context())
	require.NoError(w.t, err)
	require.Len(w.t, open, 1)
	return open[0]
}

// takes presses the button of the next step, and agrees to its plan where one is asked for.
func (w *fixture) takes(g *guide.Guide, number int64, user, label, second string) calls.Record {
	w.t.Helper()
	w.press(user, button(w.t, w.runCard(number), label))
	r := w.guidedRun(number)
	i := r.Current()
	answer := w.outbox.now(messages.Outbound{Key: "call/" + r.CallID(i) + "/answer"})
	if w.call(answer).State == calls.Planned {
		w.press(user, button(w.t, answer, "Do it"))
	}
	if w.call(answer).State == calls.Approval {
		w.press(second, button(w.t, answer, "Approve"))
	}
	w.advances(g)
	return w.call(answer)
}
