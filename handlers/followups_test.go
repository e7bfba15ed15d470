package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFollowUpsByTyping(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/incident followup list")
	require.Contains(t, plain(w.outbox.last().Card), "No open follow-ups")
	w.fires("g1")
	w.fires("g2")
	w.types(Lead, "/incident followup add INC-2 alert on the WAL owner=<@"+Admin+"|zhangsan> due=2026-03-09")
	said := plain(w.outbox.last().Card)
	require.Contains(t, said, "☐ 1. alert on the WAL – @"+Admin+", due 2026-03-09 10:00 UTC", "18:00 in the zone of the person")
	w.types(Lead, "/incident followup add INC-1 write a runbook --due 2d")
	require.Contains(t, plain(w.outbox.last().Card), "☐ 1. write a runbook – @"+Lead)
	w.types(Lead, "/incident followup add INC-2 tell the others")
	require.Contains(t, plain(w.outbox.last().Card), "☐ 2. tell the others – @"+Lead)

	w.types(Lead, "/incident followup list")
	said = plain(w.outbox.last().Card)
	require.Regexp(t, `(?s)3 open follow-ups.*INC-1 · 1. write a runbook.*INC-2 · 1. alert on the WAL.*INC-2 · 2. tell the others`, said)
	w.types(Lead, "/incident followup done 1 INC-2")
	require.Contains(t, plain(w.outbox.last().Card), "☑ 1. alert on the WAL")
	w.types(Lead, "/incident followup list 2")
	require.Contains(t, plain(w.outbox.last().Card), "☑ 1. alert on the WAL")
	require.Contains(t, w.timeline(2), "finished follow-up 1: alert on the WAL")

	w.clock.pass(3 * 24 * time.Hour)
	w.types(Lead, "/incident list")
	require.Contains(t, plain(w.outbox.last().Card), "2 open follow-ups, overdue: 1")
	w.press(Lead, *w.outbox.last().Card.Sections[2].Finding.Action)
	require.Contains(t, plain(w.outbox.last().Card), "⏰ INC-1 · 1. write a runbook")
}

func TestFollowUpsSayWhatIsWrong(t *testing.T) {
	w := newFixture(t)
	w.withoutForms()
	w.fires("g")
	for line, says := range map[string]string{
		"/incident followup add":                             "text",
		"/incident followup add owner=<@" + Lead + ">":       "say what is to be done",
		"/incident followup add x owner=zhangsan":            "is not a person",
		"/incident followup add x owner=<@" + Stranger + ">": "not known",
		"/incident followup add x due=someday":               "is not a date in the future",
		"/incident followup add x due=2020-01-01":            "is not a date in the future",
		"/incident followup done 7":                          "has no follow-up 7",
		"/incident followup done x":                          "number",
		"/incident followup list 99":                         "There is no such incident",
		"/incident followup list 1":                          "INC-1 has no follow-ups",
	} {
		w.types(Lead, line)
		require.Contains(t, plain(w.outbox.last().Card), says, line)
	}
}
