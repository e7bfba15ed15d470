package forecast_test

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
	"opsbot/escalation/engine"
	"opsbot/escalation/forecast"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/escalation/webhook"
	"opsbot/internal/bubble"
)

// lines are pages as people compare them: when, where on the ladder, who, how and why.
func lines(pages []incident.Page, from time.Time) []string {
	pages = slices.Clone(pages)
	slices.SortStableFunc(pages, func(a, b incident.Page) int { return cmp.Compare(a.IntendedAt.UnixNano(), b.IntendedAt.UnixNano()) })
	var written []string
	for _, p := range pages {
		written = append(written, fmt.Sprintf("+%s %s %d/%d %s %s %s %s %s", p.IntendedAt.Sub(from), p.Stage, p.Repeat, p.Step, p.Role, p.Contact, p.Via, p.Address, p.Reason))
	}
	return written
}

// TestTheForecastIsWhatTheServiceDoes lets the service run through the hours that were foretold, over a hand-off and with a
// stand-in, and compares every page.
func TestTheForecastIsWhatTheServiceDoes(t *testing.T) {
	for name, tt := range map[string]struct {
		alert incident.Alert
		until time.Duration // how long before the hand-off of the rotation the alert comes
	}{
		"in the middle of a turn":       {fixture.Alert(1), 3 * 24 * time.Hour},
		"the hand-off comes between":    {fixture.Alert(1), 7 * time.Minute},
		"a role without rotation":       {fixture.Alert(1, "role", "network"), time.Hour},
		"an alert of no known owner":    {fixture.Alert(1, "service", "unknown", "alertname", "Odd"), time.Hour},
		"the stand-in goes meanwhile":   {fixture.Alert(1, "role", "development"), time.Hour},
		"a severity with its deadlines": {fixture.Alert(1, "severity", "warning"), 7 * time.Minute},
		"a severity that can wait":      {fixture.Info(1), 57*time.Hour + 7*time.Minute}, // the bubble's time begins on a Saturday
	} {
		for i, supposed := range []forecast.Scenario{forecast.NobodyAnswers, forecast.AnsweredOnce, forecast.NoReport} {
			t.Run(name+"/"+string(supposed), func(t *testing.T) {
				bubble.Test(t, func(t *testing.T) { compareWithService(t, i, tt.alert, tt.until) })
			})
		}
	}
}

func compareWithService(t *testing.T, i int, a incident.Alert, untilHandoff time.Duration) {
	at := time.Now()
	rotation := oncall.Rotation{Role: oncall.DBA, People: []string{"lisi", "wangwu"}, Days: 7, First: at.Add(untilHandoff).AddDate(0, 0, -7).In(fixture.Zone(t, "Asia/Shanghai"))}
	d := fixture.Rotating(t, rotation).WithOverrides([]oncall.Override{
		{Number: 1, Role: oncall.Development, User: fixture.Lisi, From: at.Add(-time.Hour), Until: at.Add(8 * time.Minute)},
	})
	n, err := webhook.Decode(fixture.Payload(t, "g", a), at)
	require.NoError(t, err)
	policy := fixture.NewHeldStory(t).Policy
	forecast, err := forecast.Predict(policy, d, n, at)
	require.NoError(t, err)
	require.Len(t, forecast.Parts, 3)
	part := forecast.Parts[i]
	require.NotEmpty(t, part.Pages)
	require.Equal(t, lines(part.Pages, at), lines(serviceDoes(t, policy, d, a, part), at))
}

// serviceDoes are the pages of the real service, on the clock of the bubble, until the ladder repeats.
func serviceDoes(t *testing.T, policy escalation.Policy, d oncall.Directory, a incident.Alert, part forecast.Part) []incident.Page {
	m := fixture.NewMemory()
	s, err := engine.New(engine.Config{
		Journal: m, Store: m, Openings: m, Queries: m, Alerts: m, Policy: policy, Directory: d, Now: time.Now, Log: zap.NewNop(),
	})
	require.NoError(t, err)
	stop := fixture.Running(t, s)
	receive := func(a incident.Alert) {
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", a)))
		synctest.Wait()
	}
	act := func(kind escalation.ActionKind) {
		_, err := s.Act(t.Context(), 1, escalation.Action{Kind: kind, Actor: part.Actor})
		require.NoError(t, err)
	}
	receive(a)
	known := 0
	if part.Scenario != forecast.NobodyAnswers {
		time.Sleep(time.Until(part.ActedAt))
		synctest.Wait()
		act(escalation.Ack)
		m.Look(func() { known = len(m.AllPages[1]) })
	}
	if part.Scenario == forecast.NoReport {
		time.Sleep(time.Second)
		receive(fixture.Resolved(a, time.Now()))
		act(escalation.MarkResolved)
	}
	time.Sleep(time.Until(part.RepeatsAt) - time.Nanosecond)
	synctest.Wait()
	stop()
	var pages []incident.Page
	m.Look(func() { pages = slices.Clone(m.AllPages[1][known:]) })
	return pages
}

func TestForecastOfNobody(t *testing.T) {
	table := fixture.Contacts()
	for i := range table {
		table[i].Slack = ""
	}
	d, err := oncall.NewDirectory(table)
	require.NoError(t, err)
	forecast, err := forecast.Predict(fixture.Handbook(), d, fixture.Delivery(fixture.Start, fixture.Alert(1)), fixture.Start)
	require.NoError(t, err)
	require.Len(t, forecast.Parts, 1)
	require.Empty(t, forecast.Parts[0].Pages)
}

func TestForecastOfNothing(t *testing.T) {
	_, err := forecast.Predict(fixture.Handbook(), fixture.Directory(t), fixture.Delivery(fixture.Start, fixture.Resolved(fixture.Alert(1), fixture.Start)), fixture.Start)
	require.ErrorContains(t, err, "nothing fires")
}
