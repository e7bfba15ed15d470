package escalation_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// lines are pages as people compare them: when, where on the ladder, who, how and why.
func lines(pages []escalation.Page, from time.Time) []string {
	pages = slices.Clone(pages)
	slices.SortStableFunc(pages, func(a, b escalation.Page) int { return cmp.Compare(a.IntendedAt.UnixNano(), b.IntendedAt.UnixNano()) })
	var written []string
	for _, p := range pages {
		written = append(written, fmt.Sprintf("+%s %s %d/%d %s %s %s %s %s", p.IntendedAt.Sub(from), p.Stage, p.Round, p.Rung, p.Role, p.Contact, p.Via, p.Address, p.Reason))
	}
	return written
}

// TestTheForecastIsWhatTheServiceDoes lets the service run through the hours that were foretold, over a hand-off and with a
// stand-in, and compares every page.
func TestTheForecastIsWhatTheServiceDoes(t *testing.T) {
	for name, tt := range map[string]struct {
		alert escalation.Alert
		until time.Duration // how long before the hand-off of the rotation the alert comes
	}{
		"in the middle of a turn":       {alert(1), 3 * 24 * time.Hour},
		"the hand-off comes between":    {alert(1), 7 * time.Minute},
		"a role without rotation":       {alert(1, "role", "network"), time.Hour},
		"an alert of no known owner":    {alert(1, "service", "unknown", "alertname", "Odd"), time.Hour},
		"the stand-in goes meanwhile":   {alert(1, "role", "development"), time.Hour},
		"a severity with its deadlines": {alert(1, "severity", "warning"), 7 * time.Minute},
		"a severity that can wait":      {info(1), 57*time.Hour + 7*time.Minute}, // the bubble's time begins on a Saturday
	} {
		for i, supposed := range []escalation.Supposition{escalation.NobodyAnswers, escalation.AnsweredOnce, escalation.NoReport} {
			t.Run(name+"/"+string(supposed), func(t *testing.T) {
				bubble.Test(t, func(t *testing.T) { compareWithService(t, i, tt.alert, tt.until) })
			})
		}
	}
}

func compareWithService(t *testing.T, i int, a escalation.Alert, untilHandoff time.Duration) {
	at := time.Now()
	rotation := escalation.Rotation{Role: escalation.DBA, People: []string{"lisi", "wangwu"}, Days: 7, First: at.Add(untilHandoff).AddDate(0, 0, -7).In(zone(t, "Asia/Shanghai"))}
	d := rotating(t, rotation).WithOverrides([]escalation.Override{
		{Number: 1, Role: escalation.Development, User: lisi, From: at.Add(-time.Hour), Until: at.Add(8 * time.Minute)},
	})
	n, err := escalation.Decode(payload(t, "g", a), at)
	require.NoError(t, err)
	policy := newHeldStory(t).policy
	forecast, err := escalation.Predict(policy, d, n, at)
	require.NoError(t, err)
	require.Len(t, forecast.Parts, 3)
	part := forecast.Parts[i]
	require.NotEmpty(t, part.Pages)
	require.Equal(t, lines(part.Pages, at), lines(serviceDoes(t, policy, d, a, part), at))
}

// serviceDoes are the pages of the real service, on the clock of the bubble, until the ladder repeats.
func serviceDoes(t *testing.T, policy escalation.Policy, d escalation.Directory, a escalation.Alert, part escalation.ForecastPart) []escalation.Page {
	m := newMemory()
	s, err := escalation.NewService(escalation.Config{
		Journal: m, Store: m, Openings: m, Queries: m, Alerts: m, Policy: policy, Directory: d, Now: time.Now, Log: zap.NewNop(),
	})
	require.NoError(t, err)
	stop := running(t, s)
	receive := func(a escalation.Alert) {
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", a)))
		synctest.Wait()
	}
	act := func(kind escalation.ActionKind) {
		_, err := s.Act(t.Context(), 1, escalation.Action{Kind: kind, Actor: part.Actor})
		require.NoError(t, err)
	}
	receive(a)
	known := 0
	if part.Supposed != escalation.NobodyAnswers {
		time.Sleep(time.Until(part.ActedAt))
		synctest.Wait()
		act(escalation.Ack)
		m.look(func() { known = len(m.pages[1]) })
	}
	if part.Supposed == escalation.NoReport {
		time.Sleep(time.Second)
		receive(resolved(a, time.Now()))
		act(escalation.MarkResolved)
	}
	time.Sleep(time.Until(part.RepeatsAt) - time.Nanosecond)
	synctest.Wait()
	stop()
	var pages []escalation.Page
	m.look(func() { pages = slices.Clone(m.pages[1][known:]) })
	return pages
}

func TestForecastOfNobody(t *testing.T) {
	table := contacts()
	for i := range table {
		table[i].Slack = ""
	}
	d, err := escalation.NewDirectory(table)
	require.NoError(t, err)
	forecast, err := escalation.Predict(handbook(), d, delivery(start, alert(1)), start)
	require.NoError(t, err)
	require.Len(t, forecast.Parts, 1)
	require.Empty(t, forecast.Parts[0].Pages)
}

func TestForecastOfNothing(t *testing.T) {
	_, err := escalation.Predict(handbook(), directory(t), delivery(start, resolved(alert(1), start)), start)
	require.ErrorContains(t, err, "nothing fires")
}
