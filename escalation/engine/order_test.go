package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
)

func TestOvertakenReportsDoNotReopen(t *testing.T) {
	s := fixture.NewStory(t)
	a := fixture.Alert(1)
	s.Observe(a)
	sent := s.Now.Add(10*time.Minute - time.Second)
	s.Now = s.Now.Add(10 * time.Minute)
	s.Observe(fixture.Resolved(a, s.Now))
	s.Now = s.Now.Add(2 * time.Minute)
	s.ObserveOf(sent, a)
	require.Equal(t, incident.Quiet, s.Inc.Status, "it was received before the resolve, but journaled after it")
	older := a
	older.StartsAt = a.StartsAt.Add(-time.Hour)
	s.ObserveOf(sent, older)
	require.Equal(t, incident.Quiet, s.Inc.Status)

	late := fixture.Alert(2)
	s.Observe(fixture.Resolved(late, s.Now))
	s.Observe(late)
	require.False(t, s.Inc.Alerts[late.Fingerprint].Firing, "its resolve came first")
}

func TestRefireWithTheOldStart(t *testing.T) {
	for name, tt := range map[string]struct{ since, start time.Duration }{
		"at once":                           {time.Second, 0},
		"within a minute":                   {20 * time.Second, 0},
		"later":                             {3 * time.Minute, 0},
		"of a Prometheus that saw it first": {20 * time.Second, -time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture.NewStory(t)
			a := fixture.Alert(1)
			s.Observe(a)
			s.Now = s.Now.Add(10 * time.Minute)
			s.Observe(fixture.Resolved(a, s.Now))
			s.Now = s.Now.Add(tt.since)
			a.StartsAt = a.StartsAt.Add(tt.start)
			s.Observe(a)
			require.Equal(t, incident.Open, s.Inc.Status, "Prometheus sends it again after Alertmanager had given it up")
		})
	}
}

func TestReportsOfABatchKeepTheirTimes(t *testing.T) {
	s := fixture.NewStory(t)
	a := fixture.Alert(1)
	s.Observe(a)
	s.Now = s.Now.Add(10 * time.Minute)
	ended := s.Now.Add(-time.Minute)
	s.Take(fixture.Delivery(ended, fixture.Resolved(a, ended)), fixture.Delivery(ended.Add(-time.Second), a), fixture.Delivery(s.Now, fixture.Alert(2)))
	require.False(t, s.Inc.Alerts[a.Fingerprint].Firing, "the delivery that was overtaken does not take the time of the batch's last")
	require.Equal(t, ended, s.Inc.Alerts[a.Fingerprint].ChangedAt)
	s.Take(fixture.Delivery(s.Now, a))
	require.True(t, s.Inc.Alerts[a.Fingerprint].Firing)
}

func TestOpenedByWhatIsOverAlready(t *testing.T) {
	s := fixture.NewStory(t)
	s.Take(fixture.Delivery(s.Now, fixture.Resolved(fixture.Alert(1), s.Now)), fixture.Delivery(s.Now.Add(-time.Second), fixture.Alert(1)))
	require.Equal(t, incident.Quiet, s.Inc.Status)
	require.Empty(t, s.Paged(), "nobody is called for what is over")
}

func TestResolveOfWhicheverStart(t *testing.T) {
	for name, tt := range map[string]struct {
		start, end time.Duration
		want       incident.Status
	}{
		"the same start":               {0, time.Minute, incident.Quiet},
		"an earlier start":             {-5 * time.Minute, time.Minute, incident.Quiet},
		"a later start":                {30 * time.Second, time.Minute, incident.Quiet},
		"over before it began":         {-5 * time.Minute, -time.Minute, incident.Open},
		"over just when it began":      {-5 * time.Minute, 0, incident.Open},
		"of no length, but this start": {0, 0, incident.Quiet},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture.NewStory(t)
			a := fixture.Alert(1)
			s.Observe(a)
			s.Now = s.Now.Add(2 * time.Minute)
			a.StartsAt = fixture.Start.Add(tt.start)
			s.Observe(fixture.Resolved(a, fixture.Start.Add(tt.end)))
			require.Equal(t, tt.want, s.Inc.Status)
		})
	}
}

func TestAnEarlierStartIsAnUpdate(t *testing.T) {
	s := fixture.NewStory(t)
	a := fixture.Alert(1)
	s.Observe(a)
	s.Paged()
	s.Now = s.Now.Add(time.Minute)
	a.StartsAt = fixture.Start.Add(-time.Minute)
	s.Observe(a)
	require.Equal(t, a.StartsAt, s.Inc.Alerts[a.Fingerprint].StartsAt)
	require.Empty(t, s.Paged())
}

func TestTruncatedIsKeptCurrent(t *testing.T) {
	s := fixture.NewStory(t)
	n := fixture.Delivery(s.Now, fixture.Alert(1))
	s.Take(n)
	n.Truncated = 7
	s.Take(n)
	require.Equal(t, 7, s.Inc.Truncated)
	require.Contains(t, fixture.Words(fixture.Printer(t, "en"), fixture.Header(s)), "7 more alerts are not listed")
	require.Contains(t, fixture.Words(fixture.Printer(t, "zh-CN"), fixture.Header(s)), "另有 7 个告警未列出")
}
