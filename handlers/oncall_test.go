package handlers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
	"opsbot/messages"
)

// says types a line and returns the answer's text.
func (w *fixture) says(user, line string) string {
	w.t.Helper()
	w.types(user, line)
	return plain(w.outbox.last().Card)
}

func TestOnCallShowsWhoIsAndWhoIsNext(t *testing.T) {
	w := newFixture(t)
	answer := w.says(Viewer, "/oncall")
	for _, line := range []string{
		"*system administrator*: 张三 (everybody in the role)",
		"*database administrator*: nobody can be paged",
		"*development lead*: 赵六 until 2026-03-03 00:00 UTC, then 张三",
	} {
		require.Contains(t, answer, line)
	}
	require.Equal(t, messages.ToneBad, w.outbox.last().Card.Tone, "a role without anybody is an alarm")
	answer = w.says(Viewer, "/oncall 开发负责人")
	require.NotContains(t, answer, "system administrator")
	require.Contains(t, answer, "from 2026-03-04 00:00 UTC: 赵六")
	require.Contains(t, answer, "张三 · +8613800000001")
	require.Contains(t, w.says(Viewer, "/oncall chef"), "chef is not a contact role: choose one of system, dba, network, development")
}

func TestAnOverrideIsMadeShownAndCancelled(t *testing.T) {
	w := newFixture(t)
	require.Contains(t, w.says(Lead, "/oncall override dba <@"+Admin+"|zhangsan> until 22:00 from 21:00"),
		"@"+Admin+" is on call as database administrator from 2026-03-02 13:00 UTC until 2026-03-02 14:00 UTC", "clock times are the person's own")
	answer := w.says(Viewer, "/oncall")
	require.Contains(t, answer, "*database administrator*: nobody can be paged")
	require.Contains(t, answer, "Override 1: 张三 is database administrator from 2026-03-02 13:00 UTC until 2026-03-02 14:00 UTC (made by 赵六)")
	w.clock.pass(time.Hour)
	require.Contains(t, w.says(Viewer, "/oncall"), "*database administrator*: 张三 stands in until 2026-03-02 14:00 UTC, then –")

	cancel := w.outbox.last().Card.Sections[1].Finding.Action
	w.press(Admin, *cancel)
	require.Contains(t, plain(w.outbox.last().Card), "Override 1 is cancelled")
	require.NotContains(t, w.says(Viewer, "/oncall"), "Override 1")
	require.Contains(t, w.says(Lead, "/oncall override cancel 1"), "There is no current or future override 1")

	var changes []audit.Event
	for _, e := range w.audit() {
		if strings.HasPrefix(e.Action, "override ") {
			changes = append(changes, e)
		}
	}
	require.Len(t, changes, 2)
	require.Equal(t, Lead, changes[0].Actor)
	require.Equal(t, "zhaoliu", changes[0].User)
	require.Equal(t, map[string]string{
		"override": "1", "role": "dba", "stand_in": Admin, "from": "2026-03-02T13:00:00Z", "until": "2026-03-02T14:00:00Z",
	}, changes[0].Details)
	require.Equal(t, []string{"override cancelled", Admin}, []string{changes[1].Action, changes[1].Actor})
}

// The page that is decided during the override goes to the stand-in, also by an opsbot that was started after it was made.
func TestAPageGoesToTheStandIn(t *testing.T) {
	w := newFixture(t)
	w.says(Lead, "/oncall override system <@"+Lead+"> for 1h")
	n, _ := w.fires("g")
	pages, err := w.store.Pages(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, Lead, pages[0].Address)
	restarted := newRoster(t, w.store, w.clock.Now)
	d, err := restarted.Directory(t.Context())
	require.NoError(t, err)
	require.Equal(t, Lead, d.OnCall("system", w.Now())[0].Slack)
	require.Equal(t, Admin, d.OnCall("system", w.Now().Add(time.Hour))[0].Slack)
}

func TestOverridesThatMakeNoSense(t *testing.T) {
	w := newFixture(t)
	w.withoutForms()
	admin := "<@" + Admin + ">"
	for line, says := range map[string]string{
		"/oncall override dba " + Admin + " for 1h":                           "is not a person",
		"/oncall override chef " + admin + " for 1h":                          "chef is not a contact role",
		"/oncall override dba <@" + Viewer + "> for 1h":                       "@" + Viewer + " cannot stand in: not in the contact table",
		"/oncall override dba " + admin:                                       "period",
		"/oncall override dba " + admin + " until":                            "is not a period",
		"/oncall override dba " + admin + " soon":                             "soon is not a period",
		"/oncall override dba " + admin + " for 1h until 18:00":               "is not a period",
		"/oncall override dba " + admin + " until 18:00 till 19:00":           "is not a period",
		"/oncall override dba " + admin + " until 2026-03-01":                 "is over already, or ends before it begins",
		"/oncall override dba " + admin + " until 2026-03-09 from 2026-03-10": "is over already, or ends before it begins",
		"/oncall override dba " + admin + " until 2027-03-01":                 "is more than 92 days away",
		"/oncall override cancel one":                                         "There is no current or future override one",
		"/oncall overide dba " + admin + " for 1h":                            "There is no /oncall overide",
	} {
		require.Contains(t, w.says(Lead, line), says, line)
	}
	require.Contains(t, w.says(Viewer, "/oncall override dba "+admin+" for 1h"), "only people in the contact table")
	require.Contains(t, w.says(Viewer, "/oncall override cancel 1"), "only people in the contact table")
	overrides, err := w.store.Overrides(t.Context(), w.Now())
	require.NoError(t, err)
	require.Empty(t, overrides)
}

func TestPeriods(t *testing.T) {
	w := newFixture(t) // it is 20:00 for the people, 12:00 in UTC, on a Monday
	for period, want := range map[string]string{
		"for 8h":                         "from 2026-03-02 12:00 UTC until 2026-03-02 20:00 UTC",
		"2d":                             "from 2026-03-02 12:00 UTC until 2026-03-04 12:00 UTC",
		"until 2d":                       "from 2026-03-02 12:00 UTC until 2026-03-04 12:00 UTC",
		"until 08:00":                    "from 2026-03-02 12:00 UTC until 2026-03-03 00:00 UTC",
		"tomorrow 08:00":                 "from 2026-03-02 12:00 UTC until 2026-03-03 00:00 UTC",
		"from Sat 09:00 until Mon 09:00": "from 2026-03-07 01:00 UTC until 2026-03-09 01:00 UTC",
		"until 周一 09:00 from 周六 09:00":   "from 2026-03-07 01:00 UTC until 2026-03-09 01:00 UTC",
		"from tomorrow 08:00 for 2h":     "from 2026-03-03 00:00 UTC until 2026-03-03 02:00 UTC",
		"to 2026-03-02T13:00:00Z":        "from 2026-03-02 12:00 UTC until 2026-03-02 13:00 UTC",
	} {
		require.Contains(t, w.says(Lead, "/oncall override dba <@"+Lead+"> "+period), want, period)
	}
}
