package handlers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

func (w *fixture) incident(number int64) incident.Incident {
	w.t.Helper()
	inc, err := w.store.Incident(w.t.Context(), number)
	require.NoError(w.t, err)
	return inc
}

func (w *fixture) pressIncident(user, action, value string) {
	w.t.Helper()
	w.press(user, messages.Action{Name: action, Value: value})
}

func TestAnIncidentIsHandledWithItsButtons(t *testing.T) {
	w := newFixture(t)
	n, _ := w.fires("g")
	w.pressIncident(Lead, cards.ActionAck, "1")
	require.Equal(t, incident.Acknowledged, w.incident(n).Status)
	require.Equal(t, Lead, w.incident(n).Owner)
	w.pressIncident(Lead, cards.ActionDiagnosed, "1")
	require.False(t, w.incident(n).DiagnosedAt.IsZero())
	w.pressIncident(Admin, cards.ActionAssign, cards.AssignValue(n, Admin))
	require.Equal(t, Admin, w.incident(n).Owner)
	w.pressIncident(Admin, cards.ActionEscalate, "1")
	require.Contains(t, w.timeline(n), "@"+Admin+" asks for more help")
	w.pressIncident(Admin, cards.ActionResolve, "1")
	require.Equal(t, incident.Quiet, w.incident(n).Status, "the alert still fires")
	w.pressIncident(Admin, cards.ActionReopen, "1")
	require.Equal(t, incident.Acknowledged, w.incident(n).Status)
	require.Zero(t, w.outbox.count(), "the header shows it; nothing is whispered")
	w.pressIncident(Admin, cards.ActionLink, "1")
	require.Zero(t, w.outbox.count(), "a link is opened by the browser")

	w.pressIncident(Viewer, cards.ActionTimeline, "1")
	m := w.outbox.last()
	require.Contains(t, plain(m.Card), "Timeline of INC-1")
}

func TestWhatPeopleDoAboutIncidentsIsInTheAuditRecord(t *testing.T) {
	w := newFixture(t)
	n, _ := w.fires("g")
	presses := []struct{ user, button, value, action, identity string }{
		{Lead, cards.ActionAck, "1", "incident ack", "zhaoliu"},
		{Lead, cards.ActionDiagnosed, "1", "incident diagnosed", "zhaoliu"},
		{Admin, cards.ActionAssign, cards.AssignValue(n, Admin), "incident assign", "zhangsan"},
		{Admin, cards.ActionWorking, "1", "incident working", "zhangsan"},
		{Admin, cards.ActionEscalate, "1", "incident escalate", "zhangsan"},
		{Admin, cards.ActionResolve, "1", "incident resolve", "zhangsan"},
		{Admin, cards.ActionReopen, "1", "incident reopen", "zhangsan"},
	}
	for _, p := range presses {
		before := len(w.audit())
		w.pressIncident(p.user, p.button, p.value)
		events := w.audit()
		require.Len(t, events, before+1, p.button)
		e := events[before]
		require.Equal(t, []string{p.action, p.user, p.identity, "1"}, []string{e.Action, e.Actor, e.User, e.Incident})
	}
	require.Equal(t, Admin, w.audit()[2].Details["assignee"])

	before := len(w.audit())
	w.types(Lead, "/incident escalate INC-1")
	for _, e := range w.audit()[before:] {
		require.NotEmpty(t, e.Call, "a command is accounted for as a call alone: %s", e.Action)
	}
}

func TestAPressThatMakesNoSenseIsRefusedInPrivate(t *testing.T) {
	w := newFixture(t)
	w.fires("g")
	w.pressIncident(Lead, cards.ActionAck, "1")
	for name, c := range map[string]struct{ user, action, value, says string }{
		"already somebody's": {Admin, cards.ActionAck, "1", "@" + Lead},
		"no such incident":   {Lead, cards.ActionAck, "77", "There is no such incident"},
		"a stale value":      {Lead, cards.ActionAck, "v1:1", "older version of opsbot"},
		"no value":           {Lead, cards.ActionResolve, "", "older version of opsbot"},
		"assigned to nobody": {Lead, cards.ActionAssign, "1", "older version of opsbot"},
		"an unknown button":  {Lead, "self-destruct", "1", "older version of opsbot"},
		"not resolved yet":   {Lead, cards.ActionPostmortem, "1", "INC-1"},
		"a stranger":         {Stranger, cards.ActionResolve, "1", "you are not known"},
		"a guest":            {Guest, cards.ActionEscalate, "1", "you are not known"},
		"an unknown form":    {Lead, calls.ActionForm, "teleport", "older version of opsbot"},
	} {
		before := w.outbox.count()
		w.pressIncident(c.user, c.action, c.value)
		require.Equal(t, before+1, w.outbox.count(), name)
		w.requirePrivate(w.outbox.last(), c.user)
		require.Contains(t, plain(w.outbox.last().Card), c.says, name)
		last := w.audit()[len(w.audit())-1]
		require.Equal(t, []string{"refused press: " + c.action, c.user}, []string{last.Action, last.Actor}, name)
	}
	require.Equal(t, Lead, w.incident(1).Owner)
}

func TestACommandBelongsToTheIncidentOfItsThread(t *testing.T) {
	w := newFixture(t)
	_, first := w.fires("g1")
	_, second := w.fires("g2")
	for _, c := range []struct {
		thread, incident string
	}{{first, "1"}, {second, "2"}, {"9.9", ""}} {
		w.Mention(t.Context(), handlers.Mention{ID: "Ev" + c.thread, Text: "look", User: Viewer, Channel: room, TS: "7.7", ThreadTS: c.thread, At: w.Now()})
		w.settle()
		require.Equal(t, c.incident, w.call(w.outbox.last()).Source.Incident, "of two incidents none is the one meant outside their threads")
	}
	require.Contains(t, w.timeline(1), "@"+Viewer+" ran /look")
	require.Contains(t, w.timeline(2), "@"+Viewer+" ran /look")
}

func TestASlashCommandBelongsToTheOnlyActiveIncident(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, "/look")
	require.Empty(t, w.call(w.outbox.last()).Source.Incident)
	w.fires("g1")
	w.types(Viewer, "/look")
	require.Equal(t, "1", w.call(w.outbox.last()).Source.Incident)
	w.Command(t.Context(), handlers.Command{ID: "elsewhere", Name: "/look", User: Viewer, Channel: "C0RANDOM", At: w.Now()})
	w.settle()
	require.Empty(t, w.call(w.outbox.last()).Source.Incident, "not in another channel")

	w.fires("g2")
	w.types(Lead, "/look")
	require.Empty(t, w.call(w.outbox.last()).Source.Incident, "of two, neither")
	w.pressIncident(Lead, cards.ActionAck, "2")
	w.types(Lead, "/look")
	require.Equal(t, "2", w.call(w.outbox.last()).Source.Incident, "but whoever owns one works on it")
}

func TestOpeningAnIncidentByHand(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/incident open --severity warning --role network DNS is slow")
	require.Contains(t, plain(w.outbox.last().Card), "INC-1 is open")
	require.Equal(t, oncall.Network, w.incident(1).Role)
	require.Equal(t, "DNS is slow", w.incident(1).Title)
	require.Contains(t, w.timeline(1), "@"+Lead+" opened the incident")
	w.types(Lead, "/incident resolve INC-1")
	require.Equal(t, incident.Resolved, w.incident(1).Status)
}

func TestIncidentsByTyping(t *testing.T) {
	w := newFixture(t)
	w.withoutForms()
	w.types(Lead, "/incident list")
	require.Contains(t, plain(w.outbox.last().Card), "No active incident")
	w.types(Lead, "/incident ack")
	require.Contains(t, plain(w.outbox.last().Card), "Which incident?")
	w.fires("g")
	w.types(Lead, "/incident ack")
	require.Equal(t, Lead, w.incident(1).Owner)
	require.Contains(t, plain(w.outbox.last().Card), "INC-1: done")
	w.types(Lead, "/incident assign <@"+Admin+"|zhangsan> INC-1")
	require.Equal(t, Admin, w.incident(1).Owner)
	w.types(Lead, "/incident handoff <@"+Lead+"|lead> my train leaves")
	require.Equal(t, Admin, w.incident(1).Owner, "until it is accepted")
	require.Contains(t, w.timeline(1), "my train leaves")
	w.pressIncident(Lead, cards.ActionAck, "1")
	require.Equal(t, Lead, w.incident(1).Owner)
	w.types(Admin, "/incident handoff <@"+Admin+"|zhangsan>")
	w.types(Admin, "/incident ack")
	require.Equal(t, Admin, w.incident(1).Owner, "a note is no must")
	w.pressIncident(Admin, cards.ActionWorking, "1")
	require.Contains(t, w.timeline(1), "is still on it")
	w.types(Lead, "/incident note the disk was full")
	require.Contains(t, w.timeline(1), "the disk was full")
	w.types(Lead, "/incident diagnosed 1")
	require.Contains(t, w.timeline(1), "found the cause after 0s")
	w.types(Lead, "/incident diagnosed INC-1 archiving failed")
	require.Contains(t, w.timeline(1), "found the cause after 0s: archiving failed")
	w.types(Lead, "/incident severity info INC-1")
	require.Equal(t, incident.Info, w.incident(1).Severity)
	w.types(Lead, "/incident severity warning")
	require.Equal(t, incident.Warning, w.incident(1).Severity)
	w.types(Lead, "/incident list")
	require.Contains(t, plain(w.outbox.last().Card), "1 active incident")
	require.Contains(t, plain(w.outbox.last().Card), "@"+Admin)
	for _, line := range []string{"/incident timeline 1", "/incident timeline 1 json", "/incident timeline html", "/incident timeline"} {
		w.types(Lead, line)
		require.Contains(t, plain(w.outbox.last().Card), "the disk was full", line)
	}
	w.types(Lead, "/incident postmortem")
	require.Contains(t, plain(w.outbox.last().Card), "Postmortem of INC-1 (draft)")
	w.types(Lead, "/incident postmortem canvas")
	require.Contains(t, plain(w.outbox.last().Card), "opened a canvas for the postmortem")
	require.Contains(t, w.timeline(1), "opened a canvas for the postmortem")
	w.pressIncident(Lead, cards.ActionDraft, "1")
	require.Contains(t, plain(w.outbox.last().Card), "Postmortem of INC-1 (draft)")
	for line, says := range map[string]string{
		"/incident assign zhangsan": "is not a person", "/incident assign <@>": "is not a person", "/incident ack twelve": "is not an incident number",
		"/incident timeline 99": "There is no such incident", "/incident timeline 1 pdf": "markdown", "/incident reopen 1": "INC-1", "/incident note": "note",
		"/incident severity": "severity", "/incident open": "title", "/incident severity high": "critical",
	} {
		w.types(Lead, line)
		require.Contains(t, plain(w.outbox.last().Card), says, line)
	}
}

func TestANoteMayNameItsIncident(t *testing.T) {
	w := newFixture(t)
	w.fires("g1")
	w.fires("g2")
	w.types(Lead, "/incident note the network was slow")
	require.Contains(t, plain(w.outbox.last().Card), "Which incident?")
	w.types(Lead, "/incident note inc-2 the network was slow")
	require.Contains(t, w.timeline(2), "@"+Lead+": the network was slow")
	require.NotContains(t, w.timeline(2), "ran /incident", "what it does says so itself")
	w.types(Lead, "/incident note INC-2")
	require.Contains(t, plain(w.outbox.last().Card), "Please write what to note")
}
